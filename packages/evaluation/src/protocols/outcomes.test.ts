// Expected values: the protocols' own scores, which fixtures/protocols.py and fixtures/lfw.py check; the others by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mergeStates } from "../metrics/metric.ts";
import { readBoxPredictions } from "./box-predictions.ts";
import { readClassPredictions } from "./class-predictions.ts";
import { readLandmarkPredictions } from "./landmark-predictions.ts";
import { readMultitaskPredictions } from "./multitask-predictions.ts";
import { hitsOf, type Outcome, outcomeStates } from "./outcomes.ts";
import type { Scores } from "./protocol.ts";
import { filesInMemory } from "./release-files.ts";
import { readSimilarityPredictions } from "./similarity-predictions.ts";
import { protocolOf } from "./table.ts";

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8"));
const options = { seed: 1, resamples: 20, threshold: 0.5 };

async function scoreOf(id: string, files: Readonly<Record<string, string>>, predictions: string): Promise<Scores> {
  const from = await protocolOf(id).read(filesInMemory(files));
  switch (from.kind) {
    case "classification":
      return from.score(readClassPredictions(predictions, from, "p.csv"), options);
    case "landmarks":
      return from.score(readLandmarkPredictions(predictions, from, "p.csv"), options);
    case "detection":
      return from.score(readBoxPredictions(predictions, from, "p.csv"), options);
    case "verification":
      return from.score(readSimilarityPredictions(predictions, from, "p.csv"), { ...options, threshold: 0.4 });
    case "multitask":
      return from.score(readMultitaskPredictions(predictions, from, "p.csv"), options);
    default:
      throw new Error(from.kind);
  }
}

const { ferplus, mtfl, landmarks68 } = fixture("protocols");
const { "abaw4-mtl": mtl, "emotionet-2020": emotioNet, disfa } = fixture("affect");
const units = ["1", "2", "4", "6", "9", "12", "25", "26"].map((unit) => `f1_au${unit}`);
const faces = {
  "images.csv": "file,labels\na.jpg,human\nb.jpg,negative\n",
  "faces.csv": "file,x,y,width,height,kind\na.jpg,0,0,10,10,face\na.jpg,50,0,10,10,face\n",
};
const finds = "file,x,y,width,height,score\na.jpg,0,0,10,10,0.9\na.jpg,80,0,10,10,0.7\nb.jpg,0,0,5,5,0.8\n";
const cases: readonly (readonly [
  id: string,
  files: Readonly<Record<string, string>>,
  predictions: string,
  untold: readonly string[],
])[] = [
  ["ferplus", { "labels.csv": ferplus.labels }, ferplus.predictions, ["ece", "votes_nll"]],
  ["mtfl", { "labels.csv": mtfl.labels }, mtfl.predictions, ["pose_accuracy"]],
  ["landmarks68", { "labels.csv": landmarks68.labels }, landmarks68.predictions, []],
  ["faces", faces, finds, []],
  ["lfw", { "pairs.csv": fixture("lfw").labels }, fixture("lfw").predictions, ["standard_error"]],
  ["abaw4-mtl", mtl.labels, mtl.predictions, ["p_mtl", "ccc_valence", "ccc_arousal", "mean_f1"]],
  ["emotionet-2020", emotioNet.labels, emotioNet.predictions, ["final", "mean_accuracy", "mean_f1"]],
  ["disfa", disfa.labels, disfa.predictions, ["mean_f1", "mean_accuracy", ...units]],
];

for (const [id, files, predictions, untold] of cases) {
  test(`${id}: what samples add is the score again, also after JSON`, async () => {
    const { metrics, outcomes } = await scoreOf(id, files, predictions);
    const told = JSON.parse(JSON.stringify(outcomes)) as readonly Outcome[];
    assert.equal(new Set(told.map((outcome) => outcome.id)).size, told.length);
    for (const [name, { value }] of Object.entries(metrics)) {
      const found = outcomeStates([told], name);
      // a label that is neither there nor named has no F1, and no sample adds to it
      assert.equal(found === undefined, untold.includes(name) || Number.isNaN(value), name);
      if (found === undefined) continue;
      const again = found.metric.compute(mergeStates(found.metric, [...found.states[0]!.values()])).value;
      assert.ok(Math.abs(again - value) < 1e-12, `${name}: ${again} for ${value}`);
    }
  });
}

test("hits are those of samples that add one of 0 or 1 each", () => {
  const outcome = (id: string, values: Outcome["values"]): Outcome => ({ id, unit: id, values });
  const list = [
    outcome("a", { accuracy: [1, 1], nll: [0.2, 1], recall: [1, 2] }),
    outcome("b", { accuracy: [0, 1], nll: [0, 1], recall: [0, 0] }),
  ];
  assert.deepEqual(
    [...hitsOf(list, "accuracy")!],
    [
      ["a", 1],
      ["b", 0],
    ],
  );
  assert.equal(hitsOf(list, "nll"), undefined);
  assert.equal(hitsOf(list, "recall"), undefined);
  assert.equal(hitsOf(list, "none"), undefined);
});

test("results of different classes are one matrix; a ratio of infinite sums stays what it is", () => {
  const named = (answer: number): Outcome => ({ id: "a", unit: "a", values: { macro_f1: { target: 0, answer } } });
  const { metric, states } = outcomeStates([[named(0)], [named(4)]], "macro_f1")!;
  assert.deepEqual(
    states.map((units) => metric.compute(mergeStates(metric, [...units.values()])).value),
    [1, 0],
  );
  const lost: Outcome = { id: "a", unit: "a", values: { nll: [Number.POSITIVE_INFINITY, 1] } };
  const sure: Outcome = { id: "b", unit: "b", values: { nll: [1, 1] } };
  const found = outcomeStates([[lost, sure]], "nll")!;
  const resample = found.metric.resampler([...found.states[0]!.values()]);
  assert.deepEqual([resample([1, 1]), resample([0, 2])], [Number.POSITIVE_INFINITY, 1]);
});
