import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { decode } from "../image/decode.ts";
import { checkGolden } from "../model/golden.ts";
import { loadModel } from "../model/load.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { readCheckpoint } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import { drawShapes, eventsOf, makePlace, type Place, tinyRecipe, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
let recipe: string;
let events: TrainingEvent[];

before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
  recipe = await place.write("shapes", tinyRecipe);
  events = await eventsOf(place.options(recipe, "whole"));
});
after(() => place.remove());

const typed = <Type extends TrainingEvent["type"]>(all: readonly TrainingEvent[], type: Type) =>
  all.filter((event): event is Extract<TrainingEvent, { type: Type }> => event.type === type);

test("bars and discs are told apart", () => {
  const [done] = typed(events, "done");
  assert.ok(done!.metrics["shape/accuracy"]! > 0.95, JSON.stringify(done!.metrics));
  assert.ok(done!.metrics["shape/calibrated_accuracy"]! > 0.95);
});

test("the model's file runs by itself: card, golden output, pictures it has not seen", async () => {
  const [done] = typed(events, "done");
  const bytes = await readFile(done!.model);
  assert.equal(createHash("sha256").update(bytes).digest("hex"), done!.sha256);
  const model = await loadModel(bytes, { name: "shapes.onnx", threads: 1 });
  const { card } = model;
  assert.equal((await checkGolden(model.session, card)).matches, true);
  const [task] = card.tasks;
  assert.ok(task?.kind === "classification" && task.name === "shape");
  // fitted, unless every validation sample was named rightly
  assert.equal(task.temperature === 1, done!.metrics["shape/accuracy"] === 1);
  assert.deepEqual(card.recipe, {
    name: "shapes",
    sha256: createHash("sha256")
      .update(await readFile(recipe))
      .digest("hex"),
    seed: 7,
  });
  assert.deepEqual(
    card.results.map(({ data, metric }) => `${metric} on ${data}`),
    ["shape/accuracy on shapes valid (40)", "shape/calibrated_accuracy on shapes valid (40)"],
  );
  for (const [index, kind] of ["bars", "discs"].entries()) {
    const file = join(place.folder, "shapes", "valid", kind, "0.png");
    const { outputs } = await model.run([await decode(await readFile(file), { name: file })]);
    const probabilities = probabilitiesOf(outputs.shape!.data as Float32Array, task);
    assert.equal(probabilities.indexOf(Math.max(...probabilities)), index, kind);
  }
  await model.dispose();
});

test("events come in order: start, every step, an epoch and a checkpoint after each sixth, done", () => {
  const expected = ["start"];
  for (let epoch = 0; epoch < 10; epoch++) expected.push(...new Array<string>(6).fill("step"), "epoch", "checkpoint");
  assert.deepEqual(
    events.map(({ type }) => type),
    [...expected, "done"],
  );
  const [start] = typed(events, "start");
  assert.deepEqual(
    { ...start, run: "", parameters: 0 },
    {
      type: "start",
      run: "",
      step: 0,
      steps: 60,
      epoch: 1,
      epochs: 10,
      parameters: 0,
      samples: { train: 96, valid: 40 },
      device: "cpu, 1 thread",
      seed: 7,
    },
  );
  assert.ok(start!.parameters > 1000);
  typed(events, "step").forEach((event, index) => {
    const { step, steps, epoch, epochs } = event;
    assert.deepEqual([step, steps, epoch, epochs], [index + 1, 60, Math.floor(index / 6) + 1, 10]);
    assert.ok(event.loss > 0 && event.learning_rate > 0 && event.images_per_second > 0 && event.seconds_left >= 0);
    assert.deepEqual(event.losses, { shape: event.loss });
  });
  // the first rate is the recipe's start of the warm-up, 2 % of the first group's
  assert.ok(Math.abs(typed(events, "step")[0]!.learning_rate - 0.05 * 0.02) < 1e-12);
  assert.equal(typed(events, "step").at(-1)!.seconds_left, 0);
});

test("an epoch tells the mean of its steps, its seconds, and metrics that are defined", () => {
  const steps = typed(events, "step");
  for (const event of typed(events, "epoch")) {
    const own = steps.filter(({ epoch }) => epoch === event.epoch);
    const mean = own.reduce((sum, { loss }) => sum + loss, 0) / own.length;
    assert.ok(Math.abs(event.loss - mean) < 1e-9 && Math.abs(event.losses.shape! - mean) < 1e-9);
    assert.deepEqual(Object.keys(event.metrics), ["shape/accuracy"]);
    assert.ok(event.seconds > 0);
  }
  const total = typed(events, "epoch").reduce((sum, { seconds }) => sum + seconds, 0);
  assert.ok(total <= typed(events, "done")[0]!.seconds + 0.01);
});

test("the log has every event, of the steps every twentieth, each line whole; the folder can be read without Fovea", async () => {
  const lines = (await readFile(join(place.folder, "whole", "events.jsonl"), "utf8")).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    JSON.parse(JSON.stringify(events.filter((event) => event.type !== "step" || event.step % 20 === 0))),
  );
  assert.equal(await readFile(join(place.folder, "whole", "recipe.yaml"), "utf8"), await readFile(recipe, "utf8"));
  assert.deepEqual(
    JSON.parse(await readFile(join(place.folder, "whole", "metrics.json"), "utf8")),
    typed(events, "done")[0]!.metrics,
  );
});

test("a run that has ended is not trained again unless afresh, and a fresh one gives the same bytes", async () => {
  const model = join(place.folder, "whole", "shapes.onnx");
  const [bytes, { mtimeMs }] = await Promise.all([readFile(model), stat(model)]);
  for (const start of ["auto", "resume"] as const) {
    await assert.rejects(eventsOf(place.options(recipe, "whole", { start })), { code: "vision/run-finished" });
  }
  assert.equal((await stat(model)).mtimeMs, mtimeMs);
  // data that is not there must not cost the old model
  await assert.rejects(eventsOf(place.options(recipe, "whole", { start: "fresh", dataFolders: ["nowhere"] })), {
    code: "vision/recipe-data",
  });
  assert.deepEqual(await readFile(model), bytes);
  const again = await eventsOf(place.options(recipe, "whole", { start: "fresh" }));
  assert.equal(typed(again, "start")[0]!.step, 0);
  assert.deepEqual(await readFile(model), bytes);
});

test("another recipe or number of threads cannot go on with a run", async () => {
  const other = await place.write("other", { ...tinyRecipe, seed: 8 });
  for (const start of ["auto", "resume"] as const) {
    await assert.rejects(eventsOf(place.options(other, "whole", { start })), {
      code: "vision/run-changed",
      message: /recipe/,
    });
    await assert.rejects(eventsOf(place.options(recipe, "whole", { start, threads: 2 })), {
      code: "vision/run-changed",
      message: /threads \(1\)/,
    });
  }
});

test("nothing to resume is an error that leaves no folder behind", async () => {
  await assert.rejects(eventsOf(place.options(recipe, "none", { start: "resume" })), { code: "vision/run-missing" });
  await assert.rejects(stat(join(place.folder, "none")), { code: "ENOENT" });
});

test("a training that diverges stops, and no checkpoint holds what is not a number", async () => {
  const { groups } = tinyRecipe.training;
  const wild = await place.write("wild", withTraining({ groups: groups.map((group) => ({ ...group, rate: 1e30 })) }));
  const seen: TrainingEvent[] = [];
  await assert.rejects(
    eventsOf(place.options(wild, "wild"), (event) => seen.push(event)),
    { code: "vision/training-diverged", message: /step \d+/ },
  );
  assert.equal(typed(seen, "done").length, 0);
  const checkpoint = await readCheckpoint(join(place.folder, "wild", "checkpoint.bin"));
  assert.equal(checkpoint, undefined);
  // of one step the loss is finite: it is from before the update, which only the state shows
  const short = await place.write(
    "short",
    withTraining({
      groups: groups.map((group) => ({ ...group, rate: 3e38 })),
      epochs: 1,
      batch: 96,
      schedule: { name: "constant", warmup: 0 },
    }),
  );
  await assert.rejects(eventsOf(place.options(short, "short")), {
    code: "vision/training-diverged",
    message: /step 1\b/,
  });
  await assert.rejects(stat(join(place.folder, "short", "shapes.onnx")), { code: "ENOENT" });
});

test("epochs without validation tell no metrics; the last is always validated", async () => {
  const rare = await place.write("rare", withTraining({ epochs: 3, validate_every: 2 }));
  const told = await eventsOf(place.options(rare, "rare"));
  assert.deepEqual(
    typed(told, "epoch").map(({ metrics }) => Object.keys(metrics).length),
    [0, 1, 1],
  );
});

test("one validation sample, or none, does not lose the training at its end", async () => {
  for (const valid of [1, 0]) {
    const folder = join(place.folder, `few${valid}`);
    await drawShapes(folder, { train: 4, valid });
    if (valid === 1) await writeFile(join(folder, "shapes", "valid", "discs", "0.png"), "");
    const small = await place.write(`few${valid}`, withTraining({ epochs: 1, batch: 4 }));
    const options = place.options(small, `few${valid}-run`, { dataFolders: [folder] });
    if (valid === 1) {
      // a picture that cannot be read is told by its name
      await assert.rejects(eventsOf(options), { code: "vision/image-empty", message: /discs.0\.png/ });
      await rm(join(folder, "shapes", "valid", "discs", "0.png"));
    }
    const told = await eventsOf(options);
    assert.equal(Object.keys(typed(told, "done")[0]!.metrics).length, valid);
  }
});

test("a training picture that cannot be read stops the training with its name", async () => {
  const folder = join(place.folder, "broken");
  await drawShapes(folder, { train: 4, valid: 1 });
  const file = join(folder, "shapes", "train", "bars", "2.png");
  await writeFile(file, (await readFile(file)).subarray(0, 60));
  const small = await place.write("broken", withTraining({ epochs: 1, batch: 4 }));
  await assert.rejects(eventsOf(place.options(small, "broken-run", { dataFolders: [folder] })), {
    code: "vision/image-truncated",
    message: /bars.2\.png/,
  });
});
