import assert from "node:assert/strict";
import { test } from "node:test";
import { ferPlusTarget } from "./fer-plus.ts";

// Expected values worked out by hand from the rules of the official generator.
// Columns: neutral happiness surprise sadness anger disgust fear contempt unknown NF.

test("single votes are outliers", () => {
  assert.deepEqual(ferPlusTarget([8, 0, 1, 0, 0, 0, 0, 0, 1, 0], "votes"), [1, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(ferPlusTarget([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "majority"), undefined);
  assert.equal(ferPlusTarget([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "votes"), undefined);
});

test("a majority is more than half of what counts", () => {
  assert.deepEqual(ferPlusTarget([0, 0, 6, 4, 0, 0, 0, 0, 0, 0], "majority"), [0, 0, 1, 0, 0, 0, 0, 0]);
  assert.equal(ferPlusTarget([0, 0, 5, 5, 0, 0, 0, 0, 0, 0], "majority"), undefined);
  assert.deepEqual(ferPlusTarget([0, 0, 5, 4, 1, 0, 0, 0, 0, 0], "majority"), [0, 0, 1, 0, 0, 0, 0, 0]);
  assert.equal(ferPlusTarget([0, 0, 0, 3, 0, 0, 0, 0, 7, 0], "majority"), undefined);
});

test("votes are taken from the top until three quarters", () => {
  assert.deepEqual(ferPlusTarget([6, 2, 2, 0, 0, 0, 0, 0, 0, 0], "votes"), [0.6, 0.2, 0.2, 0, 0, 0, 0, 0]);
  assert.deepEqual(ferPlusTarget([8, 2, 0, 0, 0, 0, 0, 0, 0, 0], "votes"), [1, 0, 0, 0, 0, 0, 0, 0]);
  // four equals after the first make five columns: too unclear
  assert.equal(ferPlusTarget([2, 2, 2, 2, 2, 0, 0, 0, 0, 0], "votes"), undefined);
});

test("unknown ends the taking and is dropped behind an expression", () => {
  assert.deepEqual(ferPlusTarget([6, 0, 0, 0, 0, 0, 0, 0, 4, 0], "votes"), [1, 0, 0, 0, 0, 0, 0, 0]);
  // the kept 4 of 10 are not more than half
  assert.equal(ferPlusTarget([4, 0, 0, 0, 0, 0, 0, 0, 3, 3], "votes"), undefined);
  assert.equal(ferPlusTarget([3, 0, 0, 0, 0, 0, 0, 0, 7, 0], "votes"), undefined);
});

test("multi_target keeps what has three tenths", () => {
  assert.deepEqual(ferPlusTarget([3, 3, 2, 2, 0, 0, 0, 0, 0, 0], "multi_target"), [0.5, 0.5, 0, 0, 0, 0, 0, 0]);
  assert.equal(ferPlusTarget([2, 2, 2, 2, 2, 0, 0, 0, 0, 0], "multi_target"), undefined);
  assert.deepEqual(ferPlusTarget([4, 0, 0, 0, 0, 0, 0, 0, 3, 3], "multi_target"), [1, 0, 0, 0, 0, 0, 0, 0]);
});
