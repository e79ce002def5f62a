import assert from "node:assert/strict";
import { test } from "node:test";
import { undisturbedMean } from "./measure-pace.ts";

test("a moment in which the machine was busy elsewhere does not change the pace", () => {
  const steady = Array.from({ length: 100 }, () => 0.02);
  const disturbed = steady.map((seconds, index) => (index >= 30 && index < 40 ? 1 : seconds));
  assert.ok(Math.abs(undisturbedMean(disturbed) - 0.02) < 1e-12);
});

test("batches that come a few at once are steps of their mean", () => {
  const pairs = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 0.2 : 0));
  assert.ok(Math.abs(undisturbedMean(pairs) - 0.1) < 1e-12);
});

test("few steps count all", () => {
  assert.ok(Math.abs(undisturbedMean([1, 1, 1, 5]) - 2) < 1e-12);
});
