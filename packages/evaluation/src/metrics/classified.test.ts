// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { topKAccuracy } from "./accuracy.ts";
import { brierScore } from "./brier.ts";
import { logProbabilities, predictedClass } from "./classified.ts";
import { equalMassCalibrationError, expectedCalibrationError } from "./expected-calibration-error.ts";
import { macroF1 } from "./macro-f1.ts";
import { negativeLogLikelihood } from "./negative-log-likelihood.ts";

const ofLogits = [topKAccuracy(), macroF1()] as const;
const ofProbabilities = [
  negativeLogLikelihood(),
  brierScore(),
  expectedCalibrationError(),
  equalMassCalibrationError(),
] as const;
type Update = (state: unknown, batch: { logits: number[][]; targets: number[] }) => unknown;
const score = (metric: (typeof ofLogits | typeof ofProbabilities)[number], logits: number[][], targets: number[]) =>
  metric.compute((metric.update as Update)(metric.empty(), { logits, targets }) as never).value;

test("targets that are no class are refused by every metric, as are rows that do not fit together", () => {
  for (const metric of [...ofLogits, ...ofProbabilities]) {
    for (const target of [-5, -1, 2, 999, 0.5, Number.NaN]) {
      assert.throws(
        () =>
          score(
            metric,
            [
              [1, 0],
              [1, 0],
            ],
            [0, target],
          ),
        {
          code: "evaluation/bad-target",
          message: `targets, row 1: expected a class from 0 to 1, received ${target}.`,
        },
      );
    }
    assert.throws(() => score(metric, [[1, 0]], [0, 1]), { code: "evaluation/row-count" });
    assert.throws(
      () =>
        score(
          metric,
          [
            [1, 0],
            [1, 0, 0],
          ],
          [0, 1],
        ),
      { code: "evaluation/class-count" },
    );
  }
});

test("a tie or a NaN counts against the model where only the order matters", () => {
  for (const metric of ofLogits) {
    assert.equal(score(metric, [[1, 1]], [0]), 0);
    assert.equal(score(metric, [[1, 1]], [1]), 0);
    assert.equal(score(metric, [[1, Number.NaN]], [0]), 0);
    assert.equal(score(metric, [[Number.NaN, 1]], [0]), 0);
  }
  assert.equal(predictedClass([0, 3, 3, Number.NaN], 1), 3);
  assert.equal(predictedClass([0, 3, 3], 1), 2);
  assert.equal(predictedClass([2, 3, 3], 0), 1);
  assert.equal(predictedClass([7], 0), 0);
});

test("logits without a probability are refused where it is needed", () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  for (const metric of ofProbabilities) {
    for (const row of [
      [nan, 0],
      [0, nan],
      [infinity, 0],
      [-infinity, -infinity],
    ]) {
      assert.throws(() => score(metric, [row], [0]), { code: "evaluation/bad-logits" });
    }
  }
});

test("logarithms of probabilities come back, zero among them, and large logits do not overflow", () => {
  assert.deepEqual(Array.from(logProbabilities([Math.log(0), 0], "")), [Number.NEGATIVE_INFINITY, 0]);
  for (const logProbability of logProbabilities([1000, 1000], "")) {
    assert.ok(Math.abs(logProbability + Math.LN2) < 1e-12);
  }
  assert.equal(score(negativeLogLikelihood(), [[Number.NEGATIVE_INFINITY, 0]], [0]), Number.POSITIVE_INFINITY);
  assert.equal(score(brierScore(), [[Number.NEGATIVE_INFINITY, 0]], [0]), 2);
});

test("k of no meaning is refused", () => {
  for (const k of [0, -1, 1.5, Number.NaN]) assert.throws(() => topKAccuracy({ k }), { code: "evaluation/bad-option" });
});
