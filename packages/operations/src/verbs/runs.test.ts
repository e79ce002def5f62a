import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { TrainingEvent } from "@foveajs/vision";
import { runOperation } from "../operation.ts";
import { madeDone, madeEvents, makeRun } from "../runs/made-run.test.support.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { reportRun, runs } from "./runs.ts";
import { train } from "./train.ts";

let made: Awaited<ReturnType<typeof makeRun>>;
before(async () => {
  made = await makeRun();
});
after(() => made.remove());

const noPictures = { validationPictures: () => Promise.reject(new Error("no data here")) };
const resultsOf = async (events: AsyncIterable<unknown>) => {
  const results: Record<string, unknown>[] = [];
  for await (const event of events) results.push(event as Record<string, unknown>);
  return results;
};

test("runs are listed with how far they are and their last metrics; one that is broken is told in its place", async () => {
  const broken = await makeRun([]);
  const failures: unknown[] = [];
  const context = { ...fakeContext(), onFailure: (thrown: unknown) => failures.push(thrown) };
  const [listed] = await resultsOf(runOperation(runs, { folder: join(made.folder, "runs") }, context));
  const { folder, recipe, state, step, epoch, epochs, seconds, seconds_left, metrics } = listed!;
  assert.deepEqual(
    { folder, recipe, state, step, epoch, epochs, seconds, seconds_left },
    {
      folder: made.run,
      recipe: "made",
      state: "running",
      step: 6,
      epoch: 3,
      epochs: 4,
      seconds: 30,
      seconds_left: 120,
    },
  );
  assert.equal((metrics as Record<string, number>)["kind/accuracy"], 1);
  const [failed] = await resultsOf(runOperation(runs, { folder: broken.run }, context));
  assert.equal((failed!.error as { code: string }).code, "operations/no-run");
  assert.equal(failures.length, 1);
  await broken.remove();
});

test("the report of a run: where it is, what it tells of, and why it has no pictures", async () => {
  const context = fakeContext({ parts: noPictures });
  const [written] = await resultsOf(runOperation(reportRun, { folder: made.run }, context));
  const { size_bytes, milliseconds, ...rest } = written!;
  assert.ok(Number(size_bytes) > 10_000 && milliseconds === 5);
  assert.deepEqual(rest, {
    report: join(made.run, "report.html"),
    recipe: "made",
    state: "running",
    epoch: 3,
    tasks: ["kind", "parts", "numbers", "grade", "points"],
    pictures: 0,
    no_pictures: "no data here",
  });
  const [listed] = await resultsOf(runOperation(runs, { folder: made.run }, context));
  assert.equal(listed!.report, rest.report);
});

/** A training that tells the made events, into the folder of `run`. */
const training = (run: string, events: readonly object[]) =>
  async function* (): AsyncGenerator<TrainingEvent> {
    for (const event of events) yield { ...event, ...("run" in event ? { run } : {}) } as TrainingEvent;
  };

test("a training writes its report after the checkpoint of an epoch, and at the end", async () => {
  const path = join(made.run, "report.html");
  const checkpoint = madeEvents.at(-1)!;
  const events = [madeEvents[0]!, checkpoint, madeEvents[3]!, checkpoint, checkpoint, madeDone];
  const parts = { ...noPictures, train: training(made.run, events) };
  const results = await resultsOf(runOperation(train, { recipe: "made" }, fakeContext({ parts })));
  assert.deepEqual(
    results.map(({ type }) => type),
    ["start", "checkpoint", "epoch", "checkpoint", "report", "checkpoint", "done", "report"],
  );
  assert.deepEqual(results.at(-1), { type: "report", path });
  assert.ok(existsSync(path));
});

test("a report that cannot be written ends no training", async () => {
  const bare = await makeRun([]);
  await writeFile(join(bare.run, "events.jsonl"), "");
  const failures: unknown[] = [];
  const parts = { ...noPictures, train: training(bare.run, [madeEvents[0]!, madeDone]) };
  const context = { ...fakeContext({ parts }), onFailure: (thrown: unknown) => failures.push(thrown) };
  const results = await resultsOf(runOperation(train, { recipe: "made" }, context));
  const last = results.at(-1)!;
  assert.equal(last.type, "report");
  assert.match(String(last.reason), /is not the folder of a run/);
  assert.equal(failures.length, 1);
  await bare.remove();
});
