// Expected numbers from fixtures/reports.py (scikit-learn).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Ranking } from "../../metrics/precision-recall.ts";
import type { Outcome } from "../../protocols/outcomes.ts";
import { precisionRecallCurve, precisionRecallPoints, rankingOf, rocPoints } from "./rankings.ts";
import { thresholdSeries } from "./threshold-series.ts";
import { mostSeparating } from "./verification.ts";

const { ranking: reference } = JSON.parse(
  readFileSync(new URL("../../../fixtures/reports.json", import.meta.url), "utf8"),
);
const scoresOf = (target: number): number[] =>
  reference.scores.filter((_: number, i: number) => reference.targets[i] === target);
const ranking: Ranking = { positives: scoresOf(1).length, hits: scoresOf(1), falses: scoresOf(0) };

const closeTo = (received: readonly (readonly number[])[], expected: readonly (readonly number[])[]) => {
  assert.equal(received.length, expected.length);
  received.forEach((point, i) => {
    point.forEach((value, k) => {
      assert.ok(Math.abs(value - expected[i]![k]!) < 1e-12, `point ${i}: expected ${expected[i]}, received ${point}`);
    });
  });
};

test("ROC points are scikit-learn's, equal scores entering together", () => {
  const [x, y] = reference.roc;
  closeTo(
    rocPoints(ranking),
    x.map((value: number, i: number) => [value, y[i]]),
  );
});

test("precision-recall points are scikit-learn's", () => {
  // its last point is (1, 0) of no finds; and it starts where recall is 1 first
  const [precision, recall] = reference.precision_recall;
  const expected = precision
    .map((value: number, i: number) => [recall[i], value])
    .slice(0, -1)
    .reverse();
  closeTo(precisionRecallPoints(ranking), expected);
});

test("the threshold that separates most reaches the largest difference of the ROC curve", () => {
  const threshold = mostSeparating(ranking);
  const share = (scores: readonly number[]) => scores.filter((score) => score >= threshold).length / scores.length;
  const difference = share(ranking.hits) - share(ranking.falses);
  assert.ok(Math.abs(difference - reference.most_separating_difference) < 1e-12);
});

test("a series counts from the threshold up and has the one in use, also between the steps", () => {
  const words = { hits: "h", falses: "f" };
  const few = { positives: 4, hits: [0.9, 0.5, 0.5], falses: [0.5, 0.2] };
  const { thresholds, hits, falses, start } = thresholdSeries(few, { name: "n", words, inUse: 0.505 });
  assert.deepEqual([thresholds.length, thresholds[0], thresholds.at(-1), thresholds[start]], [102, 0, 1, 0.505]);
  const at = (threshold: number) => [hits, falses].map((counts) => counts[thresholds.indexOf(threshold)]);
  assert.deepEqual(
    [at(0), at(0.5), at(0.505), at(0.9), at(0.91)],
    [
      [3, 2],
      [3, 1],
      [1, 0],
      [1, 0],
      [0, 0],
    ],
  );
  // scores that are no shares: over their range
  const wide = thresholdSeries({ positives: 1, hits: [30], falses: [-10] }, { name: "n", words, inUse: 5 });
  assert.deepEqual([wide.thresholds[0], wide.thresholds.at(-1), wide.hits[0], wide.falses[1]], [-10, 30, 1, 0]);
});

test("the curve has the point of the threshold, and none where nothing is found from it up", () => {
  const few = { positives: 4, hits: [0.9, 0.5], falses: [0.7, 0.2] };
  const at = (threshold: number) => precisionRecallCurve(few, { threshold, readings: [] }).points;
  assert.deepEqual(at(0.5), [{ x: 0.5, y: 2 / 3, label: "threshold 0.5" }]);
  assert.deepEqual(at(0.95), []);
});

test("rankings of samples are joined; there is none where no sample has one", () => {
  const one = { positives: 2, hits: [0.5], falses: [] };
  const values: Outcome["values"][] = [
    { ap: one, recall: [1, 2] },
    { ap: { positives: 0, hits: [], falses: [0.4] } },
    {},
  ];
  const outcomes = values.map((own, i) => ({ id: `${i}`, unit: `${i}`, values: own }));
  assert.deepEqual(rankingOf(outcomes, "ap"), { positives: 2, hits: [0.5], falses: [0.4] });
  assert.equal(rankingOf(outcomes, "recall"), undefined);
  assert.equal(rankingOf([], "ap"), undefined);
});
