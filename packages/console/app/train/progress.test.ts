import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrainingEvent } from "@foveajs/vision";
import { noProgress, type Progress, shareDone, withEvent } from "./progress.ts";

const start = (step: number, steps: number): TrainingEvent => ({
  type: "start",
  run: "runs/x",
  step,
  steps,
  epoch: 1,
  epochs: 4,
  parameters: 9,
  samples: { train: 80, valid: 20 },
  device: "cpu, 1 thread",
  seed: 0,
});
const step = (at: number, steps: number, loss: number): TrainingEvent => ({
  type: "step",
  step: at,
  steps,
  epoch: 1,
  epochs: 4,
  loss,
  losses: {},
  learning_rate: 0,
  images_per_second: 0,
  seconds_left: 7,
});
const epoch = (at: number, metrics: Record<string, number>): TrainingEvent => ({
  type: "epoch",
  epoch: 1,
  epochs: 4,
  step: at,
  steps: 9,
  loss: 0,
  losses: {},
  metrics,
  images_per_second: 0,
  seconds: 0,
  seconds_left: 0,
});
const after = (from: Progress, ...events: TrainingEvent[]) => events.reduce(withEvent, from);

test("losses of many steps are means of as many points as a chart has room for", () => {
  // 600 steps: three to a point
  const events = Array.from({ length: 600 }, (_, index) => step(index + 1, 600, index % 3));
  const { losses, step: done, secondsLeft } = after(noProgress, start(0, 600), ...events);
  assert.equal(losses.length, 200);
  for (const [index, point] of losses.entries()) {
    assert.equal(point.step, 3 * index + 3);
    assert.ok(Math.abs(point.loss - 1) < 1e-12); // (0 + 1 + 2) / 3
  }
  assert.deepEqual([done, secondsLeft], [600, 7]);
});

test("epochs that were validated are points; what came after the checkpoint is forgotten when it goes on", () => {
  const first = after(
    noProgress,
    start(0, 9),
    step(1, 9, 3),
    step(2, 9, 2),
    epoch(2, { "class/accuracy": 0.5 }),
    step(3, 9, 1),
    epoch(3, {}),
    epoch(3, { "class/accuracy": 0.75 }),
  );
  assert.deepEqual(first.accuracies, [
    { step: 2, accuracy: 0.5 },
    { step: 3, accuracy: 0.75 },
  ]);
  const again = after(first, start(2, 9));
  assert.deepEqual(
    again.losses.map(({ loss }) => loss),
    [3, 2],
  );
  assert.deepEqual(again.accuracies, [{ step: 2, accuracy: 0.5 }]);
  assert.deepEqual(again.samples, { train: 80, valid: 20 });
});

test("how far it is: unknown while the machine is measured, then by steps, then whole", () => {
  assert.equal(shareDone(noProgress), undefined);
  assert.equal(shareDone(after(noProgress, start(0, 4), step(1, 4, 1))), 0.25);
  const done: TrainingEvent = { type: "done", step: 4, seconds: 1, model: "", sha256: "", metrics: {} };
  assert.equal(shareDone(after(noProgress, start(0, 4), done)), 1);
});
