// Matrix: scikit-learn 1.2.1 (fixtures/golden.py); scores of classes by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { classScores, emptyConfusion, mergeConfusions, updateConfusion } from "./confusion-matrix.ts";

const { classifier } = JSON.parse(readFileSync(new URL("../../fixtures/golden.json", import.meta.url), "utf8"));

test("rows are targets, columns predictions, as scikit-learn counts them", () => {
  const { classes, counts } = updateConfusion(emptyConfusion(), classifier);
  assert.equal(classes, 5);
  assert.deepEqual(Array.from(counts), classifier.confusion.flat());
});

test("scores of classes, NaN where undefined", () => {
  // class 0: 2 of 3 found, 2 of 2 right; class 1: none there, 1 named; class 2: neither
  const counts = Float64Array.of(2, 1, 0, 0, 0, 0, 0, 0, 0);
  const [first, second, third] = classScores({ classes: 3, counts });
  assert.deepEqual(first, { support: 3, predicted: 2, precision: 1, recall: 2 / 3, f1: 4 / 5 });
  assert.deepEqual(second, { support: 0, predicted: 1, precision: 0, recall: Number.NaN, f1: 0 });
  assert.deepEqual(third, { support: 0, predicted: 0, precision: Number.NaN, recall: Number.NaN, f1: Number.NaN });
});

test("matrices of different models do not merge, an empty one merges with any", () => {
  const two = updateConfusion(emptyConfusion(), { logits: [[1, 0]], targets: [0] });
  const three = updateConfusion(emptyConfusion(), { logits: [[1, 0, 0]], targets: [0] });
  assert.throws(() => mergeConfusions(two, three), { code: "evaluation/class-count" });
  assert.deepEqual(mergeConfusions(emptyConfusion(), three), three);
  assert.deepEqual(mergeConfusions(three, emptyConfusion()), three);
});
