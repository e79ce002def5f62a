// Workers are functions of this thread that are answered by hand, so that every moment can be looked at.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { PredictAnswer, PredictJob } from "./jobs.ts";
import type { Order } from "./messages.ts";
import { createPool, type PoolOptions } from "./pool.ts";
import type { WorkerEvents } from "./thread.ts";

const job = (name: string, model = "m"): PredictJob => ({ kind: "predict", model, name, bytes: new Uint8Array(1) });
const answer = (width: number): PredictAnswer => ({ width, height: 1, prediction: {} });
const forever = new AbortController().signal;

function byHand(options: Partial<PoolOptions> = {}) {
  const workers: { events: WorkerEvents; orders: Order[]; isEnded: boolean }[] = [];
  const batches: number[] = [];
  let lost = 0;
  const pool = createPool({
    workers: 1,
    queue: 8,
    batch: 4,
    delayMs: 0,
    deadlineMs: 5000,
    now: performance.now.bind(performance),
    observe: { stages: () => {}, batch: (size) => batches.push(size), workerLost: () => lost++ },
    ...options,
    startWorker(events) {
      const worker = { events, orders: [] as Order[], isEnded: false };
      workers.push(worker);
      return {
        post: (order) => worker.orders.push(order),
        async terminate() {
          worker.isEnded = true;
        },
      };
    },
  });
  const last = () => workers.at(-1)!;
  return {
    pool,
    workers,
    batches,
    lost: () => lost,
    ready: () => last().events.report({ type: "ready" }),
    /** Names in each batch that the last worker was handed. */
    handed: () =>
      last().orders.flatMap((order) =>
        order.type === "run" ? [order.jobs.map((entry) => (entry.job as PredictJob).name)] : [],
      ),
    idOf: (name: string) =>
      last()
        .orders.flatMap((order) => (order.type === "run" ? order.jobs : []))
        .find((entry) => (entry.job as PredictJob).name === name)!.id,
    reply(name: string, width = 1) {
      last().events.report({ type: "answer", id: this.idOf(name), answer: answer(width), stages: {} });
    },
  };
}

test("jobs of one kind that wait are handed over together, others apart, and never more batches than two", async () => {
  const hand = byHand();
  const answers = ["a", "b", "c", "d", "e"].map(
    (name) => hand.pool.submit<"predict">([job(name)], { signal: forever })[0]!,
  );
  const other = hand.pool.submit<"predict">([job("z", "n")], { signal: forever })[0]!;
  assert.deepEqual(hand.pool.load(), { waiting: 6, running: 0 });
  hand.ready();
  assert.deepEqual(hand.handed(), [["a", "b", "c", "d"], ["e"]]);
  for (const name of ["a", "b", "c", "d"]) hand.reply(name, name.charCodeAt(0));
  assert.deepEqual(hand.handed().at(-1), ["z"]);
  hand.reply("e");
  hand.reply("z", 7);
  assert.deepEqual(
    (await Promise.all(answers)).map(({ width }) => width),
    [97, 98, 99, 100, 1],
  );
  assert.equal((await other).width, 7);
  assert.deepEqual(hand.batches, [4, 1, 1]);
  await hand.pool.close({ graceMs: 0 });
});

test("what does not fit into the queue is refused whole, with a time to wait", async () => {
  const hand = byHand({ queue: 3 });
  const taken = hand.pool.submit<"predict">([job("a"), job("b")], { signal: forever });
  assert.throws(() => hand.pool.submit<"predict">([job("c"), job("d")], { signal: forever }), {
    code: "server/queue-full",
  });
  assert.equal(hand.pool.load().waiting, 2);
  assert.ok(hand.pool.retryAfterSeconds() >= 1);
  hand.ready();
  hand.reply("a");
  hand.reply("b");
  await Promise.all(taken);
  await hand.pool.close({ graceMs: 0 });
});

test("a batch waits to be filled only so long", async () => {
  const hand = byHand({ delayMs: 30 });
  hand.ready();
  const [first] = hand.pool.submit<"predict">([job("a")], { signal: forever });
  assert.deepEqual(hand.handed(), []);
  const [second] = hand.pool.submit<"predict">([job("b")], { signal: forever });
  await sleep(60);
  assert.deepEqual(hand.handed(), [["a", "b"]]);
  hand.reply("a");
  hand.reply("b");
  await Promise.all([first, second]);
  await hand.pool.close({ graceMs: 0 });
});

test("a deadline and a client that goes away give a job up, waiting or running", async () => {
  const late = byHand({ deadlineMs: 20 });
  await assert.rejects(late.pool.submit<"predict">([job("a")], { signal: forever })[0]!, { code: "server/deadline" });
  assert.equal(late.pool.load().waiting, 0);
  const hand = byHand();
  hand.ready();
  const gone = new AbortController();
  const [running] = hand.pool.submit<"predict">([job("a")], { signal: gone.signal });
  const id = hand.idOf("a");
  gone.abort();
  await assert.rejects(running!, { code: "server/client-gone" });
  assert.deepEqual(hand.workers[0]!.orders.at(-1), { type: "cancel", id });
  // the worker's own word comes later and is nobody's
  hand.reply("a");
  assert.deepEqual(hand.pool.load(), { waiting: 0, running: 0 });
  await Promise.all([late.pool.close({ graceMs: 0 }), hand.pool.close({ graceMs: 0 })]);
});

test("what a lost worker had goes to the next one, alone; who ends two is given up", async () => {
  const hand = byHand();
  hand.ready();
  const [a] = hand.pool.submit<"predict">([job("a")], { signal: forever });
  const [b] = hand.pool.submit<"predict">([job("b")], { signal: forever });
  hand.workers[0]!.events.ended("killed");
  await sleep(5);
  assert.equal(hand.workers.length, 2);
  hand.ready();
  assert.deepEqual(hand.handed(), [["a"], ["b"]]);
  hand.reply("b", 5);
  assert.equal((await b!).width, 5);
  hand.workers[1]!.events.ended("killed again");
  await assert.rejects(a!, { code: "server/worker-lost" });
  assert.equal(hand.lost(), 2);
  await hand.pool.close({ graceMs: 0 });
});

test("a worker that cannot start fails what waits, with its reason", async () => {
  const hand = byHand();
  const [a] = hand.pool.submit<"predict">([job("a")], { signal: forever });
  hand.workers[0]!.events.ended("no such library");
  await assert.rejects(a!, { code: "server/worker-failed", message: /no such library/ });
  await hand.pool.close({ graceMs: 0 });
});

test("closing refuses what is new and answers what was taken on", async () => {
  const hand = byHand();
  hand.ready();
  const [a] = hand.pool.submit<"predict">([job("a")], { signal: forever });
  const closed = hand.pool.close({ graceMs: 1000 });
  assert.throws(() => hand.pool.submit<"predict">([job("b")], { signal: forever }), { code: "server/stopping" });
  assert.equal(hand.workers[0]!.isEnded, false);
  hand.reply("a", 3);
  assert.equal((await a!).width, 3);
  await closed;
  assert.equal(hand.workers[0]!.isEnded, true);
});
