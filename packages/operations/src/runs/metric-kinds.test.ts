import assert from "node:assert/strict";
import { test } from "node:test";
import { byRank, byTask, mainMetric, mainValue, metricKind, metricTitle, withCalibrated } from "./metric-kinds.ts";

test("metrics by name, those of labels and values too; unknown ones have no kind", () => {
  assert.deepEqual(
    ["accuracy", "nme", "ccc_valence", "f1_AU1", "calibrated_ece", "map50"].map(
      (name) => metricKind(name)?.higherIsBetter,
    ),
    [true, false, true, true, false, true],
  );
  assert.equal(metricKind("constructor"), undefined);
  assert.equal(metricKind("constructor_x"), undefined);
  assert.deepEqual(["mae_head_turn", "calibrated_nll", "five_mean_error", "my_own"].map(metricTitle), [
    "MAE head turn",
    "NLL, calibrated",
    "five-point error",
    "my own",
  ]);
  assert.deepEqual(byRank(["ece", "my_own", "nll", "macro_f1", "accuracy"]), [
    "accuracy",
    "macro_f1",
    "nll",
    "ece",
    "my_own",
  ]);
});

test("the main metric is the first by rank, or the mean of those of the same rank", () => {
  const affect = { ccc_valence: 0.5, ccc_arousal: 0.7, mae_valence: 0.1 };
  const main = mainMetric(affect)!;
  assert.deepEqual([main.title, main.higherIsBetter], ["mean CCC", true]);
  assert.equal(mainValue(main, affect), 0.6);
  assert.ok(Number.isNaN(mainValue(main, { ccc_valence: 0.5 })));
  // faces with five points alone have no NME
  assert.equal(mainMetric({ nme: Number.NaN, five_mean_error: 0.1 })?.title, "five-point error");
  assert.equal(mainMetric({ my_own: 1 }), undefined);
});

test("names are cut at the last slash; calibration replaces what it changed and nothing else", () => {
  assert.deepEqual(
    [...byTask({ "a/x": 1, "b/c/y": 2, "a/z": 3 })],
    [
      ["a", { x: 1, z: 3 }],
      ["b/c", { y: 2 }],
    ],
  );
  assert.deepEqual(
    withCalibrated({
      "a/accuracy": 0.9,
      "a/nll": 0.4,
      "a/calibrated_accuracy": 0.9,
      "a/calibrated_nll": 0.3,
      "b/nll": 1,
    }),
    { "a/accuracy": 0.9, "a/calibrated_nll": 0.3, "b/nll": 1 },
  );
});
