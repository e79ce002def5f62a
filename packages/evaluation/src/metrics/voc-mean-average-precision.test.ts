// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Metric } from "./metric.ts";
import { type VocImage, vocMeanAveragePrecision } from "./voc-mean-average-precision.ts";

const measured = <Batch, State>({ empty, update, compute }: Metric<Batch, State>, batch: Batch) =>
  compute(update(empty(), batch));
const badOption = { code: "evaluation/bad-option" };

const real = (x: number, difficult = false) => ({ category: 0, box: { x, y: 0, width: 10, height: 10 }, difficult });
const found = (x: number, score: number) => ({ category: 0, box: { x, y: 0, width: 10, height: 10 }, score });
const voc = (image: VocImage, options = {}) => measured(vocMeanAveragePrecision(options), [image]).value;

test("VOC: a detection looks only at the box it fits best", () => {
  // 0.8 fits the box at 0 best, which 0.9 has taken: false, though it fits the one at 4 too (7/13)
  assert.equal(voc({ truth: [real(0), real(4)], detections: [found(0, 0.9), found(1, 0.8)] }), 1 / 2);
  // any number of detections on a difficult box are dropped, and it is nothing to find
  assert.equal(
    voc({ truth: [real(0, true), real(40)], detections: [found(0, 0.9), found(0, 0.8), found(40, 0.7)] }),
    1,
  );
  // the threshold is inclusive: 5 of 15 columns
  assert.equal(voc({ truth: [real(0)], detections: [found(5, 0.9)] }, { iou: 1 / 3 }), 1);
  assert.equal(voc({ truth: [real(0)], detections: [found(5, 0.9)] }, { iou: 0.34 }), 0);
  // equal scores enter together: one hit of two
  assert.equal(voc({ truth: [real(0)], detections: [found(0, 0.9), found(40, 0.9)] }), 1 / 2);
});

test("VOC: categories without a box are undefined, missing detections count, strange categories are refused", () => {
  const metric = vocMeanAveragePrecision({ categories: 20 });
  const other = { ...found(0, 0.5), category: 3 };
  const state = metric.update(metric.empty(), [{ truth: [real(0), real(40)], detections: [found(0, 0.9), other] }]);
  assert.deepEqual(metric.perClass!(state), [
    { class: 0, value: 1 / 2 },
    { class: 3, value: Number.NaN, reason: "no boxes of this category" },
  ]);
  assert.throws(() => metric.update(state, [{ truth: [], detections: [{ ...other, category: 20 }] }]), {
    code: "evaluation/bad-category",
    message: "image 0, detections, box 0: expected a category from 0 to 19, received 20.",
  });
  assert.throws(() => vocMeanAveragePrecision({ iou: 2 }), badOption);
});
