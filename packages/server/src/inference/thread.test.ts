// Real threads with real models; a thread is killed while it computes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeFolder, photograph } from "../server.test.support.ts";
import type { AnalyzeJob } from "./jobs.ts";
import { createPool } from "./pool.ts";
import { type StartWorker, threadStarter } from "./thread.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
});
after(() => place.remove());

test("a thread that is killed while it computes is replaced, and its picture is answered by the next", async () => {
  const start = threadStarter({
    models: place.models,
    threads: 1,
    remotes: {},
    card_remotes: {},
    pixels: 40e6,
    faces: 500,
    warm: true,
  });
  const kills: (() => Promise<void>)[] = [];
  const killable: StartWorker = (events) => {
    let isKilled = false;
    const handle = start({ ...events, report: (report) => (isKilled ? undefined : events.report(report)) });
    kills.push(async () => {
      // what is killed says no more; to cut the thread off while native code runs could end the process
      isKilled = true;
      await handle.terminate();
      events.ended("killed");
    });
    return handle;
  };
  const pool = createPool({
    startWorker: killable,
    workers: 1,
    queue: 8,
    batch: 4,
    delayMs: 0,
    deadlineMs: 60_000,
    now: performance.now.bind(performance),
  });
  await pool.ready;
  const bytes = await photograph();
  const job: AnalyzeJob & { kind: "analyze" } = {
    kind: "analyze",
    bytes,
    name: "astronaut.jpg",
    input: {},
    withheld: [],
  };
  try {
    const [answer] = pool.submit<"analyze">([job], { signal: new AbortController().signal });
    assert.deepEqual(pool.load(), { waiting: 0, running: 1 });
    await kills[0]!();
    const { analysis } = await answer!;
    assert.equal(kills.length, 2);
    assert.equal(analysis.file, "astronaut.jpg");
    assert.equal(analysis.faces.length, 1);
  } finally {
    await pool.close({ graceMs: 1000 });
  }
});
