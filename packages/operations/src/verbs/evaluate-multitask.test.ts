// Expected values by hand, and those of the fixtures of the protocols, whose reference stands beside them.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { PictureReference } from "@foveajs/evaluation";
import type { Face } from "@foveajs/vision";
import type { Subject, TaskReader, TaskValues } from "../models/subject.ts";
import { runOperation } from "../operation.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { protocols } from "./protocols.ts";

const fixture = fileURLToPath(new URL("../../../evaluation/fixtures/affect.json", import.meta.url));

/** Action units of EmotioNet. */
const units = [1, 2, 4, 5, 6, 9, 10, 12, 15, 17, 18, 20, 24, 25, 26, 28, 43, 51, 52, 53, 54, 55, 56];

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-multitask-"));
  await mkdir(join(folder, "units"));
  await writeFile(join(folder, "units", "labels.csv"), "file,AU1,AU2\na.jpg,1,999\nb.jpg,0,1\n");
});
after(() => rm(folder, { recursive: true }));

const subject: Subject = {
  name: "fake",
  sha256: "f".repeat(64),
  device: "fake",
  classifiers: [
    { name: "class", labels: ["anger", "happiness"], classify: async (images) => images.map(() => [0, 0]) },
  ],
  dispose: async () => undefined,
};

async function evaluated(input: Record<string, unknown>, asked: Subject = subject): Promise<Evaluation> {
  const { parts, ...context } = fakeContext();
  const own = {
    ...parts,
    commit: async () => null,
    openSubject: async () => asked,
    // pictures told apart by their width: that of a.jpg is 1, of b.jpg 2
    createPictureLoader: () => async (picture: PictureReference) => {
      const width = "file" in picture ? "ab".indexOf(picture.file[0]!) + 1 : 0;
      return { width, height: 1, order: "gray" as const, data: new Uint8Array(width) };
    },
  };
  for await (const result of runOperation(evaluate, { subject: asked.name, ...input }, { ...context, parts: own })) {
    return evaluate.output.parse(result);
  }
  throw new Error("no result");
}

test("action units: scores of a tool by the challenge's rule, from the threshold that is told", async () => {
  const zeros = units.slice(2).map((unit) => `AU${unit}`);
  const row = (id: string, ...scores: readonly number[]) => [id, ...scores, ...zeros.map(() => 0)].join(",");
  const file = join(folder, "units.csv");
  await writeFile(file, [`id,au_1,au_2,${zeros.join(",")}`, row("a.jpg", 0.4, 0.9), row("b.jpg", 0.1, 0.6)].join("\n"));
  const scored = (input: Record<string, unknown>) =>
    evaluated({ subject: file, protocol: "emotionet-2020", data: join(folder, "units"), ...input });
  const { metrics, mode, missed } = await scored({});
  // AU1: one missed, one rightly absent; AU2: its only label is a hit, the other is missing
  assert.deepEqual([mode, missed], ["direct", 0]);
  assert.deepEqual(
    ["mean_f1", "mean_accuracy", "final", "f1_au1", "f1_au2"].map((name) => metrics[name]?.value),
    [0.5, 0.75, 0.625, 0, 1],
  );
  assert.deepEqual([metrics.f1_au4?.value, metrics.f1_au4?.reason], [null, "no labelled sample"]);
  assert.equal((await scored({ threshold: 0.4 })).metrics.final?.value, 1);
});

test("abaw4-mtl: the challenge's own result file, and the table", async () => {
  const { "abaw4-mtl": mtl } = JSON.parse(await readFile(fixture, "utf8"));
  const data = join(folder, "mtl");
  await mkdir(data);
  await writeFile(join(data, "labels.csv"), mtl.labels["labels.csv"]);
  await writeFile(join(folder, "result.txt"), mtl.submission.text);
  await writeFile(join(folder, "result.csv"), mtl.predictions);
  const own = await evaluated({ subject: join(folder, "result.txt"), protocol: "abaw4-mtl", data });
  assert.ok(Math.abs(own.metrics.expression_f1!.value! - mtl.submission.expression_f1) < 1e-9);
  const table = await evaluated({ subject: join(folder, "result.csv"), protocol: "abaw4-mtl", data });
  assert.ok(Math.abs(table.metrics.p_mtl!.value! - mtl.metrics.p_mtl) < 1e-9);
});

/** A model that tells of a picture of width 1 or 2 what stands in that place. */
const telling = (tasks: TaskReader["tasks"], told: readonly TaskValues[]): Subject => ({
  ...subject,
  taskReader: { tasks, read: async (images) => images.map(({ width }) => told[width - 1]!) },
});

test("a model whose labels are the units answers, each named from its own threshold, in any order and spelling", async () => {
  const labels = ["smile", ...[...units].reverse().map((unit) => `au_${String(unit).padStart(2, "0")}`)];
  const probabilities = (au1: number, au2: number) =>
    labels.map((label) => ({ au_01: au1, au_02: au2, smile: 1 })[label] ?? 0.1);
  const model = telling(
    [{ kind: "multilabel", name: "units", labels, thresholds: labels.map((label) => (label === "au_01" ? 0.3 : 0.5)) }],
    [{ units: probabilities(0.4, 0.9) }, { units: probabilities(0.2, 0.6) }],
  );
  const input = { protocol: "emotionet-2020", data: join(folder, "units") };
  const { metrics, mode, missed, model: named } = await evaluated(input, model);
  assert.deepEqual([mode, missed, named.name], ["direct", 0, "fake"]);
  // all three labels are right, and of the other units none is labelled
  assert.deepEqual(
    ["final", "f1_au1", "f1_au2", "f1_au4"].map((name) => metrics[name]?.value),
    [1, 1, 1, null],
  );
  await assert.rejects(evaluated({ ...input, mode: "end_to_end" }, model), {
    code: "operations/cannot-answer",
    message: /mode end_to_end, received only direct/,
  });
});

test("numbers, classes and labels of one face come from several tasks of a model, those of a region left aside", async () => {
  const data = join(folder, "several");
  await mkdir(data);
  const numbers = [1, 2, 4, 6, 7, 10, 12, 15, 23, 24, 25, 26];
  const columns = numbers.map((unit) => `AU${unit}`);
  const header = `file,valence,arousal,expression,${columns}`;
  const zeros = numbers.slice(1).map(() => 0);
  // happiness, and other
  const rows = [`a.jpg,0.5,-0.5,4,1,${zeros}`, `b.jpg,-0.5,0.5,7,0,${zeros}`];
  await writeFile(join(data, "labels.csv"), [header, ...rows].join("\n"));
  // in another order than the protocol's, one class more, and the old names of three
  const classes = ["other", "contempt", "neutral", "angry", "disgust", "fear", "happy", "sad", "surprise"];
  const tasks: TaskReader["tasks"] = [
    { kind: "classification", name: "eye", labels: [...classes].reverse(), region: "eye" },
    { kind: "classification", name: "expression", labels: classes },
    { kind: "regression", name: "affect", values: ["arousal", "dominance", "valence"] },
    { kind: "multilabel", name: "units", labels: columns, thresholds: columns.map(() => 0.5) },
  ];
  const logits = (name: string) => classes.map((label) => (label === name ? 3 : label === "contempt" ? 9 : 0));
  const values = (affect: readonly number[], name: string, au1: number): TaskValues => ({
    affect,
    expression: logits(name),
    eye: classes.map(() => 0),
    units: [au1, ...zeros],
  });
  const told = [values([-0.5, 9, 0.5], "happy", 0.8), values([0.5, 9, -0.5], "other", 0.2)];
  const input = { protocol: "abaw4-mtl", data };
  const { metrics } = await evaluated(input, telling(tasks, told));
  // the other units are neither labelled nor named: all that is left is right
  assert.deepEqual(
    ["p_mtl", "ccc_valence", "ccc_arousal", "expression_f1", "mean_f1"].map((name) => metrics[name]?.value),
    [3, 1, 1, 1, 1],
  );
  for (const { name } of tasks.slice(1)) {
    const lacking = telling(
      tasks.filter((task) => task.name !== name),
      told,
    );
    await assert.rejects(evaluated(input, lacking), { code: "operations/cannot-answer" }, name);
  }
});

/** Three faces of AffectNet's validation list, the first with valence and arousal of its answer, the second of another one. */
const list = [
  "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal",
  "a.jpg,3,4,50,60,1;2,1,0.5,-0.25",
  "b.jpg,3,4,50,60,1;2,1,-0.5,0.25",
  "c.jpg,3,4,50,60,1;2,1,0.75,0.25",
].join("\n");

test("direct gives the rectangle of the face, end_to_end the whole picture, of which a pipeline tells the surest face", async () => {
  const data = join(folder, "affectnet");
  await mkdir(data);
  await writeFile(join(data, "validation.csv"), list);
  const input = { protocol: "affectnet-va", data };
  await assert.rejects(evaluated(input), {
    code: "evaluation/split-mismatch",
    message: /expected the 4000 samples of the official release, received 3/,
    help: /--mismatch custom/,
  });
  const affect = new Map([
    ["a", [0.5, -0.25]],
    ["b", [-0.5, 0.25]],
  ]);
  const seen: string[] = [];
  const tasks: TaskReader["tasks"] = [{ kind: "regression", name: "affect", values: ["valence", "arousal"] }];
  const named = new WeakMap<object, string>();
  const face = (name: string): Face => {
    const [valence = 0, arousal = 0] = affect.get(name)!;
    const points = {
      left_eye: [1, 1],
      right_eye: [2, 1],
      nose: [1, 2],
      left_mouth: [1, 3],
      right_mouth: [2, 3],
    } as const;
    return {
      box: { x: 0, y: 0, width: 3, height: 3 },
      score: 1,
      points,
      readings: {},
      values: { valence, arousal },
      eyes: {},
    };
  };
  const pipeline: Subject = {
    ...subject,
    taskReader: {
      tasks,
      read: async (images) => images.map((image) => ({ affect: affect.get(named.get(image)!) ?? [0, 0] })),
    },
    reader: {
      tasks: [],
      values: ["arousal", "valence"],
      pointNames: [],
      read: async (image) => (affect.has(named.get(image)!) ? [face(named.get(image)!)] : []),
    },
  };
  const { parts, ...context } = fakeContext();
  const createPictureLoader = () => async (picture: PictureReference) => {
    assert.ok("file" in picture);
    seen.push(picture.tile === undefined ? "whole" : Object.values(picture.tile).join(" "));
    const image = { width: 1, height: 1, order: "gray" as const, data: new Uint8Array(1) };
    named.set(image, picture.file[0]!);
    return image;
  };
  const own = { ...parts, commit: async () => null, openSubject: async () => pipeline, createPictureLoader };
  const results: Evaluation[] = [];
  const asked = { subject: "face", ...input, mismatch: "custom" };
  for await (const result of runOperation(evaluate, asked, { ...context, parts: own })) {
    results.push(evaluate.output.parse(result));
  }
  assert.deepEqual(
    results.map(({ mode, split, split_check, missed }) => [mode, split.name, split.count, split_check, missed]),
    [
      ["direct", "custom", 3, "not an official part", 0],
      ["end_to_end", "custom", 3, "not an official part", 1],
    ],
  );
  assert.deepEqual(seen, ["3 4 50 60", "3 4 50 60", "3 4 50 60", "whole", "whole", "whole"]);
  // c.jpg is told as 0, 0 of its crop: root((0.75^2) / 3); of whole pictures it is missed, and the others are right
  assert.ok(Math.abs(results[0]!.metrics.rmse_valence!.value! - 0.75 / Math.sqrt(3)) < 1e-12);
  assert.equal(results[1]!.metrics.rmse_valence!.value, 0);
  assert.equal(results[0]!.command, "fovea evaluate face --protocol affectnet-va --data affectnet --mismatch custom");
});

test("a model that cannot answer is told what it tells", async () => {
  const model = telling([{ kind: "regression", name: "affect", values: ["valence"] }], []);
  await assert.rejects(evaluated({ protocol: "emotionet-2020", data: join(folder, "units") }, model), {
    code: "operations/cannot-answer",
    message: /AU56, received the classes anger, happiness and the numbers valence/,
  });
});

test("a model of classes alone cannot answer, and is told what was expected", async () => {
  await assert.rejects(evaluated({ subject: "fake", protocol: "emotionet-2020", data: join(folder, "units") }), {
    code: "operations/cannot-answer",
    message: /AU1, AU2, AU4 \.\.\. AU56.*anger, happiness/,
  });
});

test("the list of protocols tells metrics, data, terms and published scores of each", async () => {
  const listed = new Map<string, { licence: string; rules: string[]; task: string; published: { source: string }[] }>();
  for await (const protocol of runOperation(protocols, {}, fakeContext())) {
    const told = protocols.output.parse(protocol);
    listed.set(told.id, told);
  }
  const ids = [
    "affectnet",
    "affectnet-va",
    "rafdb",
    "emotionet-2020",
    "abaw4-mtl",
    "abaw4-lsd",
    "disfa",
    "bp4d",
    "ckplus-au",
  ];
  for (const id of ids) {
    const protocol = listed.get(id);
    assert.ok(protocol && protocol.licence !== "" && protocol.rules.length > 1, id);
    assert.ok(protocol.published.every(({ source }) => source !== ""));
  }
  assert.equal(listed.get("abaw4-mtl")?.task, "multitask");
});
