// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mixed } from "./mixup.ts";
import { createRandom } from "./random.ts";

const of = (...values: number[]) => Float32Array.of(...values);
const asNumbers = (tensors: readonly Float32Array[]) =>
  tensors.map((tensor) => [...tensor].map((value) => Number(value.toFixed(6))));

test("pictures and labels have the same shares", () => {
  const result = mixed([of(0, 4), of(1, 0), of(1)], [of(4, 0), of(0, 1), of(1)], 0.75);
  assert.deepEqual(asNumbers(result), [[1, 3], [0.75, 0.25], [1]]);
});

test("a label that does not count has no part, its weight falls; without any the values stay", () => {
  const missing = mixed([of(0), of(1, 0), of(1)], [of(1), of(0, 0), of(0)], 0.25);
  assert.deepEqual(asNumbers(missing), [[0.75], [1, 0], [0.25]]);
  const none = mixed([of(0), of(0, 0), of(0)], [of(1), of(0, 0), of(0)], 0.25);
  assert.deepEqual(asNumbers(none), [[0.75], [0, 0], [0]]);
  // a weight for each value
  const each = mixed([of(0), of(1, 1), of(1, 0)], [of(1), of(0, 1), of(1, 1)], 0.5);
  assert.deepEqual(asNumbers(each), [[0.5], [0.5, 1], [1, 0.5]]);
});

// mean 1/2 and variance 1 / (4 (2 alpha + 1)) of the beta distribution
test("shares are drawn from the beta distribution", () => {
  for (const alpha of [0.2, 1]) {
    const random = createRandom("beta", alpha);
    const drawn = Array.from({ length: 20_000 }, () => random.beta(alpha));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    assert.ok(Math.abs(mean - 0.5) < 0.01, `${mean}`);
    assert.ok(Math.abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.005, `${variance}`);
  }
});
