import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRandom } from "../augment/random.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { drawShapes, eventsOf, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

let place: Place;
let recipe: string;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
  await writeMarks();
  recipe = await place.write("together", together);
  await eventsOf(place.options(recipe, "whole"));
});
after(() => place.remove());

/** Marks of some of the shapes in a table: five points, brightness and tilt; every third row lacks one of them. */
async function writeMarks(): Promise<void> {
  const random = createRandom("marks");
  const folder = join(place.folder, "shapes", "train", "discs");
  const points = Array.from({ length: 5 }, (_, i) => [`x${i}`, `y${i}`]).flat();
  const rows = (await readdir(folder)).map((name, index) => {
    const places = points.map(() => random.uniform(2, 14).toFixed(2));
    const values = [random.uniform(0, 1), random.uniform(-1, 1)].map((value) => value.toFixed(3));
    return [name, ...places, index % 3 === 0 ? "" : values[0], values[1], index % 3 === 1 ? "" : "01"[index % 2]];
  });
  const text = [["file", ...points, "bright", "tilt", "round"], ...rows].map((row) => row.join(",")).join("\n");
  await writeFile(join(folder, "marks.csv"), `${text}\n`);
}

const together = {
  ...tinyRecipe,
  name: "together",
  data: {
    kind: "samples",
    sets: [
      { ...tinyRecipe.data.sets[0], per_batch: 12 },
      {
        reader: "csv",
        folder: "shapes/train/discs",
        hold_out: 0.25,
        per_batch: 4,
        options: {
          table: "marks.csv",
          tasks: [
            { kind: "points", name: "marks", columns: [0, 1, 2, 3, 4].map((i) => [`x${i}`, `y${i}`]) },
            { kind: "regression", name: "look", columns: ["bright", "tilt"] },
            { kind: "multilabel", name: "kinds", columns: ["round"] },
          ],
        },
      },
    ],
    augmentation: { flip: 0.5, shift: 0.05 },
  },
  model: {
    ...tinyRecipe.model,
    tasks: [
      ...tinyRecipe.model.tasks,
      { kind: "landmarks", name: "marks", scheme: "five", features: 4 },
      { kind: "regression", name: "look", values: ["bright", "tilt"], loss: "concordance" },
      { kind: "multilabel", name: "kinds", labels: ["round"] },
    ],
  },
  training: { ...tinyRecipe.training, batch: 16, epochs: 12, loss_weights: { marks: 3 } },
};

/** What a run leaves, without the seconds that it took. */
async function resultOf(run: string) {
  const folder = join(place.folder, run);
  const checkpoint = await readCheckpoint(join(folder, "checkpoint.bin"));
  const names = await readdir(join(folder, "predictions"));
  return {
    checkpoint: { ...checkpoint, seconds: 0 },
    model: await readFile(join(folder, "together.onnx")),
    predictions: await Promise.all(names.sort().map((name) => readFile(join(folder, "predictions", name), "utf8"))),
  };
}

/** Runs the training in a process of its own, or goes on with it, and kills that at a random moment. */
async function runAndKill(random: ReturnType<typeof createRandom>): Promise<boolean> {
  const script = fileURLToPath(new URL("./train-child.test.support.js", import.meta.url));
  const child = spawn(process.execPath, [script, recipe, join(place.folder, "killed"), place.folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, signal) => resolve(signal)));
  const moment = 1 + random.integer(14);
  let events = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    if (++events !== moment) continue;
    await setTimeout(random.integer(30));
    child.kill("SIGKILL");
  }
  return (await closed) === "SIGKILL";
}

const printed = Math.floor(Math.random() * 2 ** 31);

test(`several tasks, killed at ten random moments and run again: bit for bit the unbroken one (seed ${printed})`, async () => {
  const random = createRandom(printed, "kills");
  for (let kill = 0; kill < 10; kill++)
    assert.ok(await runAndKill(random), `the training ended before it was killed for the ${kill + 1}th time`);
  await eventsOf(place.options(recipe, "killed"));
  const [whole, killed] = await Promise.all([resultOf("whole"), resultOf("killed")]);
  assert.ok(whole.predictions.length === 12 && whole.checkpoint.step === 12 * 8);
  assert.deepEqual(killed, whole);
});
