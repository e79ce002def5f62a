// Expected values by hand: four frames of two videos, one face of them missed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { abaw4Mtl } from "../../protocols/abaw4-mtl/abaw4-mtl.ts";
import { protocolCases, protocolIds, readCase, scorePredictions } from "../../protocols/cases.test.support.ts";
import { readMultitaskPredictions } from "../../protocols/multitask-predictions.ts";
import type { MultitaskTest } from "../../protocols/protocol.ts";
import { filesInMemory } from "../../protocols/release-files.ts";
import { protocolOf } from "../../protocols/table.ts";
import type { ReportSection } from "../report-input.ts";
import { multitaskSections } from "./multitask.ts";

const limits = { perCell: 2, cells: 9, mistakes: 9, minimum: 1 };
const options = { seed: 1, resamples: 20, threshold: 0.5 };
const labels = {
  "labels.csv": `file,valence,arousal,expression,AU1,AU2
v/1.jpg,0.5,0.1,1,1,0
v/2.jpg,-0.5,0.2,2,1,
w/1.jpg,-5,-5,1,0,0
w/2.jpg,0.4,0.4,-1,1,1
`,
};
const names = ["neutral", "anger", "disgust", "fear", "happiness", "sadness", "surprise", "other"];
const units = [1, 2, 4, 6, 7, 10, 12, 15, 23, 24, 25, 26].map((unit) => `AU${unit}`);
const row = (file: string, va: string, likely: number, ...scores: readonly number[]) => {
  const probabilities = names.map((_, i) => (i === likely ? 0.93 : 0.01));
  return [file, va, ...probabilities, ...units.map((_, i) => scores[i] ?? 0.1)].join(",");
};
const predictions = [
  `file,valence,arousal,${names},${units}`,
  row("v/1.jpg", "0.5,0.4", 1, 0.9, 0.8),
  row("v/2.jpg", "0.5,0.2", 1, 0.3, 0.2),
  row("w/1.jpg", "0,0", 1, 0.6, 0.1),
  `w/2.jpg${",".repeat(2 + names.length + units.length)}`,
].join("\n");

const sectionsOf = async () => {
  const from = (await abaw4Mtl.read(filesInMemory(labels))) as MultitaskTest;
  const answers = readMultitaskPredictions(predictions, from, "p.csv");
  return multitaskSections({ test: from, answers, options, scores: from.score(answers, options) }, limits);
};
const titled = (sections: readonly ReportSection[], title: string) =>
  sections.find((section) => "title" in section && section.title === title)!;

test("a word on each task first, then numbers, classes and units; missing labels are in none, missed faces found by none", async () => {
  const sections = await sectionsOf();
  const figures = titled(sections, "Task by task");
  assert.ok(figures.kind === "figures");
  assert.deepEqual(
    figures.figures.map(({ name, detail }) => [name, detail?.split("; ")[1]]),
    [
      ["valence", "3 labelled samples"],
      ["arousal", "3 labelled samples"],
      ["expression", "3 labelled samples"],
      ["action units", "4 labelled samples"],
    ],
  );
  const valence = titled(sections, "Valence: told over labelled");
  assert.ok(valence.kind === "scatter");
  assert.deepEqual(valence.points, [
    [0.5, 0.5],
    [-0.5, 0.5],
  ]);
  // errors 0 and 1: RMSE sqrt(1/2)
  assert.equal(valence.readings.find(({ name }) => name === "RMSE")?.value, "0.707");
  const errors = titled(sections, "Largest errors");
  assert.ok(errors.kind === "mistakes");
  assert.deepEqual(errors.pictures[0], {
    sample: "v/2.jpg",
    title: "off by 1.00",
    detail: ["valence +0.50, true -0.50", "arousal +0.20, true +0.20"],
  });
  const confusion = sections.find(({ kind }) => kind === "confusion");
  assert.ok(confusion?.kind === "confusion");
  assert.deepEqual(
    [1, 2].map((target) => confusion.cells[target]!.map(({ count }) => count)),
    [
      [0, 2, 0, 0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0, 0, 0, 0],
    ],
  );
  const table = titled(sections, "By action unit");
  assert.ok(table.kind === "subgroups");
  // AU1: positives v1 (named), v2 (not), w2 (missed); named besides: w1
  assert.deepEqual(
    table.rows[0]!.values.map(({ value }) => value),
    [2 / 5, 1 / 3, 1 / 2],
  );
  assert.deepEqual([table.rows[0]!.name, table.rows[0]!.count, table.rows[1]!.count], ["AU1", 3, 1]);
  const thresholds = titled(sections, "Choose a threshold for each unit");
  assert.ok(thresholds.kind === "thresholds");
  const { positives, negatives, hits, falses, start } = thresholds.series[0]!;
  assert.deepEqual([positives, negatives, hits[start], falses[start]], [3, 1, 1, 1]);
  const unnamed = titled(sections, "Units that were not named");
  const wrong = titled(sections, "Units named wrongly");
  assert.ok(unnamed.kind === "mistakes" && wrong.kind === "mistakes");
  assert.deepEqual(
    unnamed.pictures.map(({ sample, title }) => [sample, title]),
    [["v/2.jpg", "AU1"]],
  );
  assert.deepEqual(
    wrong.pictures.map(({ sample, title, detail }) => [sample, title, ...detail]),
    [
      ["v/1.jpg", "AU2", "score 0.800"],
      ["w/1.jpg", "AU1", "score 0.600"],
    ],
  );
});

for (const id of protocolIds.filter((one) => protocolOf(one).task === "multitask")) {
  test(`${id}: sections of several tasks can be made of its predictions`, async () => {
    const from = (await readCase(id)) as MultitaskTest;
    const { predictions } = protocolCases[id];
    const answers = readMultitaskPredictions(predictions, from, "p.csv");
    const scores = scorePredictions(from, predictions);
    const sections = multitaskSections({ test: from, answers, options, scores }, limits);
    assert.ok(sections.length >= 3);
    const titles = sections.map((section) => ("title" in section ? section.title : undefined) ?? section.kind);
    assert.equal(new Set(titles).size, titles.length, titles.join(", "));
  });
}
