// A training stands in for itself: it tells so many steps, saves where it is, and goes on from there.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunElsewhere } from "./operation-thread.ts";
import { createRunner } from "./runner.ts";
import { createJobStore, type JobStore } from "./store.ts";
import { watchJob } from "./watch.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-jobs-"));
});
after(() => rm(folder, { recursive: true }));

const now = () => new Date("2030-01-01T00:00:00Z");
const fields = { name: "x", key: null, threads: null, created: "2030-01-01T00:00:00.000Z" };
const newStore = (name: string) => createJobStore(join(folder, name));

/** Steps of a "training" whose place is in a file; it stops when it is told to. */
const steps = (store: JobStore, id: string, { total, stepMs }: { total: number; stepMs: number }): RunElsewhere =>
  async function* (_setup, { signal }) {
    const place = store.pathOf(id, "place");
    const from = existsSync(place) ? Number(await readFile(place, "utf8")) : 0;
    for (let step = from + 1; step <= total; step++) {
      await sleep(stepMs);
      await writeFile(place, String(step));
      yield { type: "step", step, run: "/secret/path" };
      if (signal.aborted) throw new Error("stopped");
    }
  };

const until = async (test: () => Promise<boolean> | boolean) => {
  const end = Date.now() + 5000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error("it did not come to it in 5 s");
    await sleep(10);
  }
};

const eventsOf = async (store: JobStore, id: string, from = 0) => {
  const events: { id: number; event: { type: string; step?: number; state?: string; run?: string } }[] = [];
  for await (const event of watchJob(store, id, { from, signal: AbortSignal.timeout(5000), pollMs: 5 })) {
    if (event) events.push({ id: event.id, event: JSON.parse(event.text) });
  }
  return events;
};

test("a job runs to its end, tells it without paths, and can be watched from any place", async () => {
  const store = newStore("whole");
  const { id } = await store.create(fields, { recipe: "name: x\n" });
  const runner = createRunner({
    store,
    run: steps(store, id, { total: 3, stepMs: 5 }),
    parallel: 1,
    dataFolder: "data",
    now,
  });
  const events = await eventsOf(store, id);
  assert.deepEqual(
    events.map(({ event }) => event.step ?? event.state),
    [1, 2, 3, "done"],
  );
  assert.equal(events[0]!.event.run, undefined);
  assert.deepEqual(
    (await eventsOf(store, id, events[1]!.id)).map(({ event }) => event.step ?? event.state),
    [3, "done"],
  );
  assert.equal((await store.find(id)).state, "done");
  await runner.close();
});

test("a job that the server's stop interrupts goes on where it was with the next server", async () => {
  const store = newStore("restart");
  const { id } = await store.create(fields, { recipe: "name: x\n" });
  const run = steps(store, id, { total: 6, stepMs: 20 });
  const first = createRunner({ store, run, parallel: 1, dataFolder: "data", now });
  await until(async () => (await store.readEvents(id, 0)).lines.length >= 2);
  await first.close();
  assert.equal((await store.find(id)).state, "queued");
  const second = createRunner({ store, run, parallel: 1, dataFolder: "data", now });
  const events = await eventsOf(store, id);
  assert.deepEqual(
    events.map(({ event }) => event.step ?? event.state),
    [1, 2, 3, 4, 5, 6, "done"],
  );
  await second.close();
});

test("a cancelled job stops for good, whether it runs or waits", async () => {
  const store = newStore("cancel");
  const one = await store.create(fields, { recipe: "" });
  const two = await store.create({ ...fields, created: "2030-01-02T00:00:00.000Z" }, { recipe: "" });
  const runner = createRunner({
    store,
    run: steps(store, one.id, { total: 1000, stepMs: 5 }),
    parallel: 1,
    dataFolder: "data",
    now,
  });
  await until(async () => (await store.find(one.id)).state === "running");
  for (const { id } of [two, one]) await store.update(id, { cancelling: true });
  runner.wake();
  assert.equal((await eventsOf(store, one.id)).at(-1)!.event.state, "cancelled");
  assert.deepEqual(
    (await eventsOf(store, two.id)).map(({ event }) => event.state),
    ["cancelled"],
  );
  await runner.close();
});

test("a job that fails says why", async () => {
  const store = newStore("failing");
  const { id } = await store.create(fields, { recipe: "" });
  // biome-ignore lint/correctness/useYield: it fails before its first event
  const run: RunElsewhere = async function* () {
    throw new Error("no such data set");
  };
  const runner = createRunner({ store, run, parallel: 1, dataFolder: "data", now });
  await eventsOf(store, id);
  const { state, error } = await store.find(id);
  assert.equal(state, "failed");
  assert.match(error!.message, /no such data set/);
  await runner.close();
});

test("two processes never have one job, and what a dead one had is free again", async () => {
  const store = newStore("claims");
  const { id } = await store.create(fields, { recipe: "" });
  assert.deepEqual([await store.claim(id), await store.claim(id)], [true, false]);
  await store.release(id);
  // no process has the largest id that Linux gives
  await writeFile(store.pathOf(id, "claim"), JSON.stringify({ host: hostname(), pid: 2 ** 22 }));
  assert.deepEqual([await store.claim(id), await store.claim(id)], [false, true]);
  await store.release(id);
  await writeFile(store.pathOf(id, "claim"), JSON.stringify({ host: "another", pid: 1 }));
  assert.deepEqual([await store.claim(id), await store.claim(id)], [false, false]);
});

test("ids lead nowhere else", async () => {
  const store = newStore("ids");
  for (const id of ["..", "../claims", "", "a".repeat(36), "/etc"])
    await assert.rejects(store.find(id), { code: "server/unknown-job" });
});
