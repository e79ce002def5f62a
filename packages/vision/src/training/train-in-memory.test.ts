import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createRandom } from "../augment/random.ts";
import type { Image } from "../image/image.ts";
import { loadModel } from "../model/load.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import type { TrainingEvent } from "./events.ts";
import { decodeExamples, type Example, encodeExamples } from "./examples.ts";
import { forgetExamples, storedExamples, trainInMemory } from "./train-in-memory.ts";

const folder = await mkdtemp(join(tmpdir(), "fovea-memory-"));
after(() => rm(folder, { recursive: true, force: true }));

/** A dark picture that grows brighter to the right, or downwards. */
function slope(kind: "across" | "down", index: number): Image {
  const random = createRandom("slope", kind, index);
  const side = 12;
  const data = Uint8Array.from({ length: side * side }, (_, at) => {
    const along = kind === "across" ? at % side : Math.floor(at / side);
    return Math.max(0, Math.min(255, 20 + 15 * along + random.normal(0, 8)));
  });
  return { width: side, height: side, order: "gray", data };
}

const slopes = (kind: "across" | "down") =>
  Array.from({ length: 24 }, (_, index) => ({ picture: slope(kind, index), group: `${Math.floor(index / 2)}` }));
const classes = { across: slopes("across"), down: slopes("down") };
const options = { classes, minutes: 0.2, threads: 1, paceSeconds: 0.1, run: join(folder, "run") };

test("examples by class become a model that tells them apart; the run is kept with them", async () => {
  const events: TrainingEvent[] = [];
  const { bytes, card, metrics, heldOut } = await trainInMemory({
    ...options,
    onEvent: (event) => events.push(event),
  });
  assert.deepEqual([events[0]!.type, events.at(-1)!.type], ["proposal", "done"]);
  const [task] = card.tasks;
  assert.ok(task?.kind === "classification");
  assert.deepEqual(task.labels, ["across", "down"]);
  assert.equal(metrics["class/accuracy"], 1);
  const model = await loadModel(bytes, { name: "slopes", threads: 1 });
  for (const [index, kind] of (["across", "down"] as const).entries()) {
    const { outputs } = await model.run([slope(kind, 1000)]);
    const logits = outputs.class!.data as Float32Array;
    assert.equal(logits.indexOf(Math.max(...logits)), index);
  }
  // what was held out is as many as the start tells, in whole groups, and the file says the same of each
  const start = events.find((event) => event.type === "start")!;
  assert.equal(heldOut.length, start.samples.valid);
  for (const { class: own, at, probabilities } of heldOut) {
    const kind = (["across", "down"] as const)[own]!;
    assert.ok(heldOut.some((other) => other.class === own && other.at === (at % 2 === 0 ? at + 1 : at - 1)));
    const { outputs } = await model.run([slope(kind, at)]);
    const expected = probabilitiesOf(outputs.class!.data as Float32Array, task);
    // logits are kept to four digits
    for (const [index, value] of probabilities.entries()) assert.ok(Math.abs(value - expected[index]!) < 2e-3);
  }
  await model.dispose();
  // a second call gives the model that is there, without a training
  const again = await trainInMemory({ ...options, onEvent: () => assert.fail("it trains again") });
  assert.deepEqual([again.bytes, again.heldOut], [bytes, heldOut]);
  const stored = (await storedExamples({ run: options.run }))!;
  assert.equal(stored.isFinished, true);
  assert.deepEqual(stored.examples.get("down")![3], { image: slope("down", 3), group: "1" });
  await forgetExamples({ run: options.run });
  assert.equal(await storedExamples({ run: options.run }), undefined);
  assert.equal(existsSync(join(options.run, "examples.onnx")), false);
});

test("a run that was stopped goes on with its own examples as if it had not been; other examples start anew", async () => {
  const losses = async (more: object, stopAt: number) => {
    const controller = new AbortController();
    const seen = new Map<number, number>();
    const onEvent = (event: TrainingEvent) => {
      if (event.type !== "step") return;
      seen.set(event.step, event.loss);
      if (event.step === stopAt) controller.abort();
    };
    const run = trainInMemory({
      ...options,
      run: join(folder, "stopped"),
      onEvent,
      signal: controller.signal,
      ...more,
    });
    await assert.rejects(run, { code: "vision/training-stopped" });
    return seen;
  };
  // long enough for some steps on a busy machine too
  const minutes = 0.4;
  const first = await losses({ minutes }, 2);
  assert.deepEqual([...first.keys()], [1, 2]);
  // the same recipe and examples from the beginning
  for (const name of ["recipe.yaml", "examples.bin"])
    await cp(join(folder, "stopped", name), join(folder, "whole", name));
  const whole = await losses({ classes: undefined, start: "resume", run: join(folder, "whole") }, 4);
  const rest = await losses({ classes: undefined, start: "resume" }, 4);
  assert.deepEqual(new Map([...first, ...rest]), whole);
  const fewer = { ...classes, down: classes.down.slice(1) };
  await assert.rejects(trainInMemory({ ...options, run: join(folder, "stopped"), classes: fewer, start: "resume" }), {
    code: "vision/run-changed",
  });
  assert.deepEqual([...(await losses({ classes: fewer, minutes }, 1)).keys()], [1]);
});

test("what cannot be trained on is told", async () => {
  const run = join(folder, "wrong");
  await assert.rejects(trainInMemory({ run }), { code: "vision/run-missing" });
  await assert.rejects(trainInMemory({ ...options, run, classes: { across: classes.across } }), {
    code: "vision/own-data",
    message: /two classes/,
  });
  await assert.rejects(trainInMemory({ ...options, run, classes: { ...classes, empty: [] } }), {
    code: "vision/own-data",
    message: /"empty"/,
  });
});

test("a file of examples gives them back, and one that is damaged is refused", () => {
  const examples = new Map<string, readonly Example[]>([
    ["a", [{ image: slope("down", 1), group: "x" }]],
    ["b", [{ image: slope("across", 1) }]],
  ]);
  const bytes = encodeExamples(examples);
  assert.deepEqual(decodeExamples(bytes, "x"), examples);
  for (const wrong of [bytes.subarray(0, 3), bytes.subarray(0, -1), Uint8Array.of(4, 0, 0, 0, 1, 2, 3, 4)])
    assert.throws(() => decodeExamples(wrong, "x.bin"), { code: "vision/data-table", message: /x\.bin/ });
});
