import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeOf, shareOf } from "./results.ts";

test("the interval is Wilson's", () => {
  // scipy.stats.binomtest(right, of).proportion_ci(method="wilson")
  for (const [right, of, low, high] of [
    [9, 10, 0.5958499732, 0.9821237869],
    [18, 18, 0.8241207763, 1],
    [0, 5, 0, 0.4344824648],
  ] as const) {
    const share = shareOf(right, of);
    assert.ok(Math.abs(share.low - low) < 1e-6 && Math.abs(share.high - high) < 1e-6, JSON.stringify(share));
    assert.equal(share.value, right / of);
  }
  assert.ok(Number.isNaN(shareOf(0, 0).value));
});

test("held-out pictures by class and answer, the surest first; mistakes are those off the diagonal", () => {
  const said = (own: number, at: number, probabilities: number[]) => ({ class: own, at, probabilities });
  const heldOut = [
    said(0, 1, [0.6, 0.4]),
    said(0, 2, [0.9, 0.1]),
    said(0, 3, [0.3, 0.7]),
    said(1, 0, [0.8, 0.2]),
    said(1, 4, [0.5, 0.5]), // a tie counts for the first
  ];
  const { accuracy, confusion, found, mistakes } = outcomeOf(heldOut, 2);
  assert.deepEqual([accuracy.right, accuracy.of], [2, 5]);
  assert.deepEqual(
    confusion.map((row) => row.map((cell) => cell.map(({ at }) => at))),
    [
      [[2, 1], [3]],
      [[0, 4], []],
    ],
  );
  assert.deepEqual(
    found.map(({ right, of }) => [right, of]),
    [
      [2, 3],
      [0, 2],
    ],
  );
  assert.deepEqual(
    mistakes.map(({ at }) => at),
    [0, 3, 4],
  );
});
