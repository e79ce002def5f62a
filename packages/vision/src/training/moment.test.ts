import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { numbersOf, readOnnx } from "@foveajs/graph";
import { readCheckpoint } from "./checkpoint.ts";
import { commonEpoch } from "./course.ts";
import { epochModelName } from "./run-files.ts";
import { drawShapes, eventsOf, makePlace, type Place, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
});
after(() => place.remove());

const weightsOf = async (path: string) =>
  new Map(
    [...readOnnx(await readFile(path)).initializers]
      .filter(([name]) => /^(backbone|heads)\./.test(name))
      .map(([name, tensor]) => [name, numbersOf(tensor).join()]),
  );
// a rate that rises to the end spoils the last epochs
const spoiled = { epochs: 6, schedule: { name: "constant", warmup: 1, start: 0.01 } };

test("the common moment ships the weights of its epoch, not the last ones", async () => {
  const recipe = await place.write("common", withTraining({ ...spoiled, moment: "common" }));
  const done = (await eventsOf(place.options(recipe, "common"))).at(-1)!;
  assert.ok(done.type === "done");
  const { course } = (await readCheckpoint(join(place.folder, "common", "checkpoint.bin")))!;
  assert.deepEqual(course!.epochs, [1, 2, 3, 4, 5, 6]);
  const kept = await weightsOf(join(place.folder, "common", epochModelName(commonEpoch(course!))));
  assert.deepEqual(await weightsOf(done.model), kept);
});

test("per-task moments: heads that are better on other samples are new, the backbone is that of the common moment", async () => {
  const recipe = await place.write("per-task", withTraining({ ...spoiled, moment: "per-task" }));
  const done = (await eventsOf(place.options(recipe, "per-task"))).at(-1)!;
  assert.ok(done.type === "done");
  const { epoch, heads } = JSON.parse(await readFile(join(place.folder, "per-task", "moments.json"), "utf8")) as {
    epoch: number;
    heads: Record<string, { own: number; refitted: number; epoch?: number }>;
  };
  const kept = await weightsOf(join(place.folder, "per-task", epochModelName(epoch)));
  const shipped = await weightsOf(done.model);
  const isNew = heads.shape!.epoch !== undefined;
  assert.equal(isNew, heads.shape!.refitted < heads.shape!.own);
  for (const [name, values] of shipped)
    assert.equal(values === kept.get(name), !(isNew && name.startsWith("heads.")), name);
  assert.deepEqual(
    { epoch, heads },
    { epoch: done.moment!.epoch, heads: JSON.parse(JSON.stringify(done.moment!.heads)) },
  );
  assert.ok(done.moment!.seconds! > 0 && done.moment!.seconds! < done.seconds);
  // the choice is made anew from what is kept, and comes out alike
  const again = (await eventsOf(place.options(recipe, "again"))).at(-1)!;
  assert.ok(again.type === "done");
  assert.equal(again.sha256, done.sha256);
});

test("when every task rests the training ends, also when it stopped just before", async () => {
  const recipe = await place.write("patient", withTraining({ ...spoiled, epochs: 40, patience: 1 }));
  const events = await eventsOf(place.options(recipe, "patient"));
  const done = events.at(-1)!;
  assert.ok(done.type === "done" && done.step < 240, `${done.type === "done" && done.step}`);
  const last = events.findLast((event) => event.type === "epoch")!;
  assert.deepEqual(last.type === "epoch" && last.resting, ["shape"]);
  // stopped at an epoch in between, then at the very end
  const controller = new AbortController();
  const stopped = place.options(recipe, "stopped", { signal: controller.signal });
  await assert.rejects(
    eventsOf(stopped, (event) => event.type === "epoch" && event.epoch === 2 && controller.abort()),
    { code: "vision/training-stopped" },
  );
  const resumed = (await eventsOf(place.options(recipe, "stopped"))).at(-1)!;
  assert.ok(resumed.type === "done");
  assert.deepEqual([resumed.sha256, resumed.step], [done.sha256, done.step]);
});
