// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { float32 } from "@foveajs/graph";
import type { Model } from "@foveajs/vision";
import { taskReaderOf } from "./task-reader.ts";

const image = { width: 4, height: 4, order: "gray", data: new Uint8Array(16) } as const;
const { signal } = new AbortController();

/** A model of these tasks that counts its runs. */
function modelOf(tasks: readonly object[], outputs: Readonly<Record<string, readonly number[]>>) {
  const seen = { runs: 0 };
  const run = async (images: readonly unknown[]) => {
    seen.runs++;
    const tensors = Object.entries(outputs).map(([name, values]) => [
      name,
      float32([images.length, values.length / images.length], [...values]),
    ]);
    return { outputs: Object.fromEntries(tensors), inputs: [] };
  };
  return { seen, model: { card: { tasks }, run } as unknown as Pick<Model, "card" | "run"> };
}

const tasks = [
  { kind: "classification", name: "expression", labels: ["calm", "glad"], temperature: 2 },
  { kind: "classification", name: "eye", labels: ["open", "closed"], temperature: 1, region: "eye" },
  { kind: "multilabel", name: "units", labels: ["AU1", "AU2"], thresholds: [0.25, 0.75] },
  { kind: "multilabel", name: "things", labels: ["hat"] },
  { kind: "regression", name: "affect", values: ["valence", "arousal"] },
  { kind: "landmarks", name: "points" },
];
const outputs = {
  expression: [1, -1, 4, 2],
  eye: [0, 1, 2, 3],
  units: [0, Math.log(3), -Math.log(3), 0],
  things: [0, Math.log(4)],
  affect: [0.5, -0.25, -1, 1],
  points: [0, 0],
};

test("one run tells of each picture logits, probabilities and numbers by task", async () => {
  const { model, seen } = modelOf(tasks, outputs);
  const { taskReader } = taskReaderOf(model);
  assert.deepEqual(taskReader.tasks, [
    { kind: "classification", name: "expression", labels: ["calm", "glad"], region: undefined },
    { kind: "classification", name: "eye", labels: ["open", "closed"], region: "eye" },
    { kind: "multilabel", name: "units", labels: ["AU1", "AU2"], thresholds: [0.25, 0.75] },
    { kind: "multilabel", name: "things", labels: ["hat"], thresholds: [0.5] },
    { kind: "regression", name: "affect", values: ["valence", "arousal"] },
  ]);
  const read = await taskReader.read([image, image], signal);
  assert.equal(seen.runs, 1);
  const expected = [
    { expression: [0.5, -0.5], eye: [0, 1], units: [0.5, 0.75], things: [0.5], affect: [0.5, -0.25] },
    { expression: [2, 1], eye: [2, 3], units: [0.25, 0.5], things: [0.8], affect: [-1, 1] },
  ];
  expected.forEach((values, picture) => {
    for (const [name, numbers] of Object.entries(values)) {
      const told = Array.from(read[picture]![name]!);
      assert.equal(told.length, numbers.length);
      // float32 logits
      assert.ok(
        numbers.every((number, i) => Math.abs(told[i]! - number) < 1e-7),
        `${name}: ${told}`,
      );
    }
  });
});

test("each classification alone: its calibrated logits", async () => {
  const { classifiers } = taskReaderOf(modelOf(tasks, outputs).model);
  assert.deepEqual(
    classifiers.map(({ name, labels }) => [name, ...labels]),
    [
      ["expression", "calm", "glad"],
      ["eye", "open", "closed"],
    ],
  );
  const rows = await classifiers[0]!.classify([image, image], signal);
  assert.deepEqual(
    rows.map((row) => Array.from(row)),
    [
      [0.5, -0.5],
      [2, 1],
    ],
  );
});

test("a detector tells nothing of this kind", () => {
  const { taskReader, classifiers } = taskReaderOf(modelOf([{ kind: "detection", name: "faces" }], {}).model);
  assert.deepEqual([taskReader.tasks, classifiers], [[], []]);
});
