import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { readModelCard } from "@foveajs/vision";
import { mainFigures } from "./main-figures.ts";
import { sortResults } from "./measures.ts";
import { figureOf, inOrder, wordsOfMetric } from "./metric-words.ts";

const models = new URL("../../../../../models/", import.meta.url);
const names = ["expression", "face-detector", "face-reader"].filter((name) =>
  existsSync(new URL(`${name}.onnx`, models)),
);

test("results of protocols stand apart from those of the training; calibrated ones in place of plain ones", () => {
  const results = [
    { data: "ferplus, test (3153), direct", metric: "accuracy", value: 0.85, interval: [0.83, 0.87] as const },
    { data: "ferplus, test (3153), direct", metric: "nll", value: 0.41 },
    { data: "faces, train, 839 of 8383 not trained on (839), end_to_end", metric: "ap", value: 0.9 },
    { data: "fer2013 valid (3033)", metric: "expression/ece", value: 0.036 },
    { data: "fer2013 valid (3033)", metric: "expression/accuracy", value: 0.86 },
    { data: "fer2013 valid (3033)", metric: "expression/calibrated_ece", value: 0.018 },
  ];
  const { official, training } = sortResults(results);
  assert.deepEqual(official, [
    {
      protocol: "ferplus",
      split: "test",
      count: 3153,
      mode: "direct",
      measures: [
        { metric: "accuracy", value: 0.85, interval: [0.83, 0.87] },
        { metric: "nll", value: 0.41 },
      ],
    },
    {
      protocol: "faces",
      split: "train, 839 of 8383 not trained on",
      count: 839,
      mode: "end_to_end",
      measures: [{ metric: "ap", value: 0.9 }],
    },
  ]);
  assert.deepEqual(training, [
    {
      task: "expression",
      data: "fer2013 valid (3033)",
      measures: [
        { metric: "ece", value: 0.018 },
        { metric: "accuracy", value: 0.86 },
      ],
    },
  ]);
  assert.deepEqual(
    mainFigures(results).map(({ task, value, interval, pictures }) => [task, value, interval, pictures]),
    [
      ["ferplus", 0.85, [0.83, 0.87], undefined],
      ["faces", 0.9, undefined, "train"],
    ],
  );
});

test("a task of several numbers has a figure for each of them", () => {
  const results = ["mae_valence", "ccc_valence", "ccc_arousal"].map((metric, index) => ({
    data: "set valid (9)",
    metric: `affect/${metric}`,
    value: index / 10,
  }));
  assert.deepEqual(
    mainFigures(results).map(({ task, value }) => [task, value]),
    [
      ["valence", 0.1],
      ["arousal", 0.2],
    ],
  );
});

test("metrics of values are known by their beginning, and unknown ones come last", () => {
  assert.equal(wordsOfMetric("ccc_valence")?.part, "valence");
  assert.equal(wordsOfMetric("failure_rate_10")?.part, undefined);
  assert.equal(wordsOfMetric("failure_rate_10_pose")?.part, "pose");
  assert.equal(wordsOfMetric("toString"), undefined);
  const order = inOrder(["zeal", "nll", "accuracy"].map((metric) => ({ metric }))).map(({ metric }) => metric);
  assert.deepEqual(order, ["accuracy", "nll", "zeal"]);
});

test("figures are short, and never a false 0", () => {
  assert.equal(figureOf(0.85196, "share"), "85.2%");
  assert.equal(figureOf(0.3811, "plain"), "0.381");
  assert.equal(figureOf(0.0000698, "plain"), "< 0.001");
  assert.equal(figureOf(0, "plain"), "0.000");
  assert.equal(figureOf(Number.NaN, "share"), "–");
});

for (const name of names) {
  test(`${name}: every metric of its card has words`, async () => {
    const file = new URL(`${name}.onnx`, models);
    const { results } = readModelCard(await readFile(file), name);
    const { official, training } = sortResults(results);
    for (const { metric } of [...official, ...training].flatMap(({ measures }) => measures)) {
      assert.ok(wordsOfMetric(metric), metric);
    }
  });
}
