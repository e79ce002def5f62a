import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRandom } from "../augment/random.ts";
import { readCheckpoint } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import { drawShapes, eventsOf, makePlace, type Place, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
let recipe: string;
const whole: TrainingEvent[] = [];

before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
  recipe = await place.write("shapes", withTraining({ epochs: 5 }));
  whole.push(...(await eventsOf(place.options(recipe, "whole"))));
});
after(() => place.remove());

/** What a run leaves, without the seconds that it took. */
async function resultOf(run: string) {
  const checkpoint = await readCheckpoint(join(place.folder, run, "checkpoint.bin"));
  return { checkpoint: { ...checkpoint, seconds: 0 }, model: await readFile(join(place.folder, run, "shapes.onnx")) };
}

async function assertSameAsWhole(run: string): Promise<void> {
  assert.deepEqual(await resultOf(run), await resultOf("whole"));
  const lines = (await readFile(join(place.folder, run, "events.jsonl"), "utf8")).trimEnd().split("\n");
  for (const line of lines) assert.equal(typeof (JSON.parse(line) as TrainingEvent).type, "string");
}

/** Losses by epoch, of the last time that each was run. */
const lossesByEpoch = (events: readonly TrainingEvent[]) =>
  new Map(events.flatMap((event) => (event.type === "epoch" ? [[event.epoch, event.loss] as const] : [])));

const printed = Math.floor(Math.random() * 2 ** 31);

test(`stopped at random steps and run again, a training ends as the unbroken one (seed ${printed})`, async (t) => {
  const random = createRandom(printed, "stops");
  const events: TrainingEvent[] = [];
  for (let stop = 0; stop < 3; stop++) {
    const controller = new AbortController();
    const from = events.findLast((event) => event.type === "checkpoint")?.step ?? 0;
    const at = from + 1 + random.integer(8);
    const { signal } = controller;
    const stopped = eventsOf(place.options(recipe, "stopped", { signal }), (event) => {
      events.push(event);
      if (event.type === "step" && event.step === at) controller.abort();
    });
    await assert.rejects(stopped, {
      code: "vision/training-stopped",
      kind: "cancelled",
      message: new RegExp(`step ${at} of 30`),
    });
    const last = events.at(-1);
    assert.ok(last?.type === "checkpoint" && last.step === at, `stopped at ${at}, saved at ${JSON.stringify(last)}`);
    t.diagnostic(`stopped at step ${at}`);
  }
  const rest = await eventsOf(place.options(recipe, "stopped", { start: "resume" }));
  const stoppedAt = events.findLast((event) => event.type === "checkpoint")!.step;
  assert.ok(rest[0]?.type === "start" && rest[0].step === stoppedAt);
  await assertSameAsWhole("stopped");
  // an epoch that was broken off tells the mean of all its steps
  const steps = whole.filter((event) => event.type === "step");
  assert.deepEqual(
    [...events, ...rest].filter((event) => event.type === "step").map(({ step, loss }) => [step, loss]),
    steps.map(({ step, loss }) => [step, loss]),
  );
  assert.deepEqual(lossesByEpoch([...events, ...rest]), lossesByEpoch(whole));
});

/** Runs the training in a process of its own and kills that at a random moment; resolves whether it was killed in time. */
async function runAndKill(random: ReturnType<typeof createRandom>): Promise<{ killed: boolean; events: number }> {
  const script = fileURLToPath(new URL("./train-child.test.support.js", import.meta.url));
  const child = spawn(process.execPath, [script, recipe, join(place.folder, "killed"), place.folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, signal) => resolve(signal)));
  const moment = 1 + random.integer(8);
  let events = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    if (++events !== moment) continue;
    await setTimeout(random.integer(20));
    child.kill("SIGKILL");
  }
  return { killed: (await closed) === "SIGKILL", events };
}

test(`killed at random moments and run again, a training ends as the unbroken one (seed ${printed})`, async (t) => {
  const random = createRandom(printed, "kills");
  for (let kill = 0; kill < 3; kill++) {
    const { killed, events } = await runAndKill(random);
    assert.ok(killed, "the training ended before it was killed");
    t.diagnostic(`killed after event ${events}`);
  }
  await eventsOf(place.options(recipe, "killed"));
  await assertSameAsWhole("killed");
});
