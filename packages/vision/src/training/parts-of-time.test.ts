import assert from "node:assert/strict";
import { totalmem } from "node:os";
import { after, before, test } from "node:test";
import type { TrainingEpoch } from "./events.ts";
import { drawShapes, eventsOf, makePlace, type Place, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
});
after(() => place.remove());

test("the time of an epoch is told by its parts, which come to nearly all of it, and the memory is that of this process", async () => {
  const recipe = await place.write("time", withTraining({ epochs: 4 }));
  const events = await eventsOf(place.options(recipe, "time"));
  const epochs = events.filter((event): event is TrainingEpoch => event.type === "epoch");
  assert.equal(epochs.length, 4);
  const parts = ["computation", "pictures", "preparation", "validation"];
  epochs.forEach(({ epoch, seconds, seconds_by_part, peak_memory_bytes }, i) => {
    const told = seconds_by_part!;
    // a checkpoint is written after the end of an epoch and counts to the one that it holds up
    assert.deepEqual(Object.keys(told).sort(), i === 0 ? parts : ["checkpoints", ...parts], `epoch ${epoch}`);
    for (const [part, value] of Object.entries(told)) assert.ok(value > 0 && value < seconds, `${part} ${value}`);
    const sum = Object.values(told).reduce((total, value) => total + value, 0);
    const share = sum / seconds;
    assert.ok(share <= 1 + 1e-9 && share > 0.7, `epoch ${epoch}: parts are ${share} of it`);
    assert.ok(peak_memory_bytes! > 2 ** 24 && peak_memory_bytes! < totalmem(), `${peak_memory_bytes}`);
  });
  const peaks = epochs.map(({ peak_memory_bytes }) => peak_memory_bytes!);
  assert.deepEqual(
    peaks,
    [...peaks].sort((a, b) => a - b),
  );
  assert.ok(peaks.at(-1)! >= process.memoryUsage().rss / 2);
});
