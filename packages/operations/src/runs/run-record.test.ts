import assert from "node:assert/strict";
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findRuns } from "./find-runs.ts";
import { madeDone, madeEvents, makeRun } from "./made-run.test.support.ts";
import { readRun, readRunLog } from "./run-record.ts";
import { runPlace, runState } from "./run-state.ts";

let made: Awaited<ReturnType<typeof makeRun>>;
before(async () => {
  made = await makeRun();
});
after(() => made.remove());

test("a run without Fovea's help: log, recipe, and the predictions of epochs that the log knows", async () => {
  await writeFile(join(made.run, "predictions", "epoch-004.json"), "{ cut short");
  const record = await readRun(made.run);
  assert.deepEqual(record.predicted, [1, 2, 3]);
  assert.equal(record.loaded.recipe.name, "made");
  assert.equal(record.metrics, undefined);
  const { ids, outputs, targets } = (await record.predictions(2)).samples.get("numbers")!;
  assert.deepEqual(
    [ids[3], [...outputs[3]!], targets[3]!.map((values) => [...values])],
    ["made/s3", [3.5], [[3], [1]]],
  );
});

test("what was told twice counts as it was told last; a line that has no end yet does not count", async () => {
  const other = await makeRun([...madeEvents, { ...madeEvents[9]!, loss: 77 }]);
  await appendFile(join(other.run, "events.jsonl"), '{"type":"epoch","epoch":4,');
  const { epochs, steps, done } = await readRunLog(other.run);
  assert.deepEqual(
    epochs.map(({ epoch, loss }) => [epoch, loss]),
    [
      [1, 1],
      [2, 0.5],
      [3, 77],
    ],
  );
  assert.equal(steps.length, 6);
  assert.equal(done, undefined);
  await other.remove();
});

test("place and state: running while the log is written to, done with the model", async () => {
  const log = await readRunLog(made.run);
  assert.deepEqual(runPlace(log), {
    step: 6,
    steps: 8,
    epoch: 3,
    epochs: 4,
    secondsLeft: 120,
    imagesPerSecond: 100,
    seconds: 30,
  });
  const minutes = (count: number) => log.changed + count * 60_000;
  assert.deepEqual([runState(log, minutes(4)), runState(log, minutes(6))], ["running", "stopped"]);
  const finished = await makeRun([...madeEvents, madeDone]);
  const done = await readRunLog(finished.run);
  assert.equal(runState(done, minutes(999)), "done");
  assert.deepEqual([runPlace(done).step, runPlace(done).secondsLeft, runPlace(done).seconds], [8, 0, 45]);
  await finished.remove();
});

test("what is no run says so, and broken files are named", async () => {
  await assert.rejects(readRun(made.folder), { code: "operations/no-run" });
  const bare = await makeRun([]);
  await assert.rejects(readRun(bare.run), { code: "operations/no-run" });
  await writeFile(join(bare.run, "events.jsonl"), "no JSON\n");
  await assert.rejects(readRun(bare.run), { code: "operations/bad-run-file", message: /events\.jsonl/ });
  await bare.remove();
});

test("runs are found in a folder, and in folders of it; a run is itself one", async () => {
  const nested = join(made.folder, "runs", "other", "2");
  await mkdir(nested, { recursive: true });
  await writeFile(join(nested, "events.jsonl"), "");
  const names = (await findRuns(join(made.folder, "runs"))).map((path) => path.slice(made.folder.length));
  assert.deepEqual(names, ["/runs/made", "/runs/other/2"]);
  assert.deepEqual(await findRuns(made.run), [made.run]);
  await rm(join(made.folder, "runs", "other"), { recursive: true });
  await assert.rejects(findRuns(join(made.folder, "nothing")), { code: "operations/missing-file" });
});
