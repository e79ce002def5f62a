import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "./pace.ts";

/** A pace with a clock that is set by hand, in seconds. */
function paceOf(batch: number) {
  let seconds = 0;
  const pace = createPace(batch, () => seconds * 1000);
  return {
    pace,
    tickAt: (at: number) => {
      seconds = at;
      pace.tick();
    },
  };
}

test("before the first step nothing is known", () => {
  const { pace } = paceOf(10);
  assert.deepEqual([pace.imagesPerSecond, pace.secondsLeft(100)], [0, 0]);
});

// By hand: a step every half second of 10 pictures.
test("speed is pictures by seconds, time left is steps by that speed", () => {
  const { pace, tickAt } = paceOf(10);
  for (let step = 1; step <= 8; step++) tickAt(step / 2);
  assert.deepEqual([pace.imagesPerSecond, pace.secondsLeft(30), pace.secondsLeft(0)], [20, 15, 0]);
});

test("what is longer ago than a minute is forgotten", () => {
  const { pace, tickAt } = paceOf(1);
  for (let step = 1; step <= 10; step++) tickAt(10 * step);
  for (let step = 1; step <= 61; step++) tickAt(100 + step);
  assert.equal(pace.imagesPerSecond, 1);
});

test("steps of more than a minute each still have a pace", () => {
  const { pace, tickAt } = paceOf(4);
  for (let step = 1; step <= 5; step++) tickAt(200 * step);
  assert.equal(pace.secondsLeft(3), 600);
  assert.equal(pace.imagesPerSecond, 4 / 200);
});

test("steps in no time at all give no infinite speed", () => {
  const { pace, tickAt } = paceOf(4);
  tickAt(0);
  assert.deepEqual([pace.imagesPerSecond, pace.secondsLeft(5)], [0, 0]);
});
