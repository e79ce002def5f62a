// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { commonEpoch, noCourse, restingTasks, withValidation } from "./course.ts";

const course = { epochs: [1, 2, 4, 6], losses: { smile: [0.5, 0.3, 0.4, 0.45], points: [9, 7, 5, 6] } };

test("a task rests when its loss has not been lower for more than so many validations", () => {
  assert.deepEqual([...restingTasks(course, 1)], ["smile"]);
  assert.deepEqual([...restingTasks(course, 2)], []);
  assert.deepEqual([...restingTasks({ ...course, losses: { smile: [1, 1, 1, 1] } }, 2)], ["smile"]); // equal is not lower
  assert.deepEqual([...restingTasks(noCourse, 1)], []);
});

// ranks, smile: 3 0 1 2; points: 3 2 0 1; sums 6 2 1 3
test("the common epoch is the one with the best mean rank, whatever the units of the losses", () => {
  assert.equal(commonEpoch(course), 4);
  assert.equal(commonEpoch({ epochs: [3, 5], losses: { a: [1, 2], b: [2, 1] } }), 3); // the first of equal ones
  assert.ok(Number.isNaN(commonEpoch(noCourse)));
});

test("a detector is followed by its average precision; without any loss the last epoch is the common one", async () => {
  const tasks = [
    { kind: "detection", name: "faces" },
    { kind: "detection", name: "things" },
    { kind: "detection", name: "nothing" },
  ] as never;
  const size = { width: 8, height: 8 };
  const validate = (metrics: Record<string, number>) => ({ metrics, predicted: new Map() });
  const first = validate({ "faces/ap": 0.25, "faces/recall": 1, "things/map50": 0.75 });
  const once = await withValidation(noCourse, 2, first, { tasks, size });
  const both = await withValidation(once, 4, validate({ "faces/ap": 0.5, "things/map50": 0.5 }), { tasks, size });
  assert.deepEqual(both, { epochs: [2, 4], losses: { faces: [0.75, 0.5], things: [0.25, 0.5] } });
  assert.equal(commonEpoch({ epochs: [2, 4], losses: {} }), 4);
});

// cross-entropy of logits (0, 0) and a class: ln 2
test("a validation adds the loss of every task that has samples", async () => {
  const tasks = [
    { kind: "classification", name: "smile", labels: ["no", "yes"] },
    { kind: "regression", name: "age", values: ["years"] },
  ] as never;
  const smile = {
    ids: ["a"],
    outputs: [Float32Array.of(0, 0)],
    targets: [[Float32Array.of(0, 1), Float32Array.of(1)]],
  };
  const size = { width: 8, height: 8 };
  const validation = { metrics: {}, predicted: new Map([["smile", smile]]) };
  const once = await withValidation(noCourse, 1, validation, { tasks, size });
  const twice = await withValidation(once, 2, validation, { tasks, size });
  assert.deepEqual(twice.epochs, [1, 2]);
  assert.deepEqual(Object.keys(twice.losses), ["smile"]);
  for (const loss of twice.losses.smile!) assert.ok(Math.abs(loss - Math.LN2) < 1e-6, `${loss}`);
});
