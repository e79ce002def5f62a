import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createQueue, type QueueState } from "./queue.ts";

/** A queue whose items end when the test says so. */
function heldQueue() {
  const held = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();
  const told: string[] = [];
  const states: QueueState[] = [];
  const started: string[] = [];
  let clock = 0;
  const queue = createQueue<string, string>({
    run: (item) =>
      new Promise((resolve, reject) => {
        started.push(item);
        held.set(item, { resolve, reject });
      }),
    onDone: (item, value) => told.push(`${item}=${value}`),
    onFailed: (item, error) => told.push(`${item}!${(error as Error).message}`),
    onChange: (state) => states.push(state),
    now: () => clock,
  });
  return {
    queue,
    told,
    started,
    last: () => states.at(-1)!,
    wait: (ms: number) => {
      clock += ms;
    },
    async end(item: string, error?: string) {
      if (error) held.get(item)!.reject(new Error(error));
      else held.get(item)!.resolve("ok");
      await turn();
    },
  };
}

test("items run one at a time, in order, and a failure ends its own alone", async () => {
  const { queue, told, started, last, wait, end } = heldQueue();
  queue.add(["a", "b", "c"]);
  assert.deepEqual(started, ["a"]);
  wait(100);
  await end("a");
  await end("b", "broken");
  assert.deepEqual(started, ["a", "b", "c"]);
  assert.deepEqual(last(), { done: 2, total: 3, isRunning: true, elapsedMs: 100 });
  await end("c");
  assert.deepEqual(told, ["a=ok", "b!broken", "c=ok"]);
  assert.deepEqual(last(), { done: 3, total: 3, isRunning: false, elapsedMs: 100 });
});

test("items that come while others run are added; after the end the count begins anew", async () => {
  const { queue, last, end } = heldQueue();
  queue.add(["a"]);
  queue.add(["b"]);
  assert.equal(last().total, 2);
  await end("a");
  await end("b");
  queue.add(["c"]);
  assert.equal(last().total, 1);
});

test("a cancelled queue gives back what is not done, tells nothing of it, and takes new items", async () => {
  const { queue, told, started, last, end } = heldQueue();
  queue.add(["a", "b", "c"]);
  await end("a");
  assert.deepEqual(queue.cancel(), ["b", "c"]);
  assert.equal(last().isRunning, false);
  queue.add(["d"]);
  await end("b");
  await end("d");
  assert.deepEqual(started, ["a", "b", "d"]);
  assert.deepEqual(told, ["a=ok", "d=ok"]);
});
