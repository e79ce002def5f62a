// Connections are made by hand; waits are recorded and do not pass.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { errors, ResponseError } from "../errors.ts";
import { type FollowOptions, followEvents } from "./follow-events.ts";

type Connection = () => ReadableStream<Uint8Array>;

/** A connection that gives these texts and then closes, breaks, or stays open. */
const connection =
  (texts: readonly string[], end: "close" | "break" | "hang"): Connection =>
  () =>
    new ReadableStream({
      start(stream) {
        for (const text of texts) stream.enqueue(new TextEncoder().encode(text));
        if (end === "close") stream.close();
        // only once what came before is read: a stream that is in error gives nothing more
        if (end === "break") setImmediate(() => setImmediate(() => stream.error(new Error("cut"))));
      },
    });
const line = (id: number, type = "step") => `id: ${id}\ndata: {"type": "${type}"}\n\n`;
const refuse =
  (status: number): Connection =>
  () => {
    const fields = { code: "server/stopping", kind: "conflict", message: "m", help: "h" } as const;
    throw new ResponseError({ ...fields, status, requestId: undefined, retryAfterMs: undefined });
  };
const unreachable: Connection = () => {
  throw errors.unreachable({ what: "events", reason: "refused" });
};

function recordWaits(context: TestContext, isPassed: (ms: number) => boolean = () => true): number[] {
  const waits: number[] = [];
  const real = globalThis.setTimeout;
  context.mock.method(globalThis, "setTimeout", ((run: () => void, ms: number) => {
    if (!isPassed(ms)) return real(run, ms);
    waits.push(ms);
    return real(run, 0);
  }) as unknown as typeof setTimeout);
  return waits;
}

const notIdle = (ms: number) => ms !== 60_000;

/** Follows until the end; a sequence of connections, and what each was asked to go on after. */
async function follow(connections: readonly Connection[], options: FollowOptions = {}, isOver = false) {
  const asked: (string | undefined)[] = [];
  const seen: string[] = [];
  const source = {
    job: "j",
    open: async (after: string | undefined) => {
      asked.push(after);
      return connections[Math.min(asked.length, connections.length) - 1]!();
    },
    isOver: async () => isOver,
  };
  let error: unknown;
  try {
    for await (const { id } of followEvents<{ type: string }>(source, options)) seen.push(id);
  } catch (thrown) {
    error = thrown;
  }
  return { asked, seen, error };
}

test("over broken, closed and refused connections each event comes once, in order", async (context) => {
  const waits = recordWaits(context, notIdle);
  const connections = [
    connection([line(5), line(9)], "break"),
    unreachable,
    refuse(503),
    connection([line(12)], "close"),
    connection([": still there\n\n", line(20), line(21, "end")], "hang"),
  ];
  const { asked, seen, error } = await follow(connections);
  assert.equal(error, undefined);
  assert.deepEqual(seen, ["5", "9", "12", "20", "21"]);
  assert.deepEqual(asked, [undefined, "9", "9", "9", "12"]);
  // twice as long each time, from the start again once something came
  assert.deepEqual(waits, [500, 1000, 2000, 500]);
});

test("a connection cut in the middle of an event loses nothing", async (context) => {
  recordWaits(context, notIdle);
  const whole = line(9, "end");
  const { seen, asked } = await follow([
    connection([line(5), whole.slice(0, 12)], "break"),
    connection([whole], "close"),
  ]);
  assert.deepEqual(
    [seen, asked],
    [
      ["5", "9"],
      [undefined, "5"],
    ],
  );
});

test("it begins after the event that is known", async () => {
  assert.deepEqual((await follow([connection([line(9, "end")], "close")], { after: "5" })).asked, ["5"]);
});

test("a job that has ended without a last event ends the events", async (context) => {
  recordWaits(context, notIdle);
  const { seen, error, asked } = await follow([connection([line(5)], "close"), connection([], "close")], {}, true);
  assert.deepEqual([seen, error, asked], [["5"], undefined, [undefined, "5"]]);
});

test("what goes on bringing nothing is given up, with the last reason", async (context) => {
  const waits = recordWaits(context, notIdle);
  const { error, asked } = await follow([unreachable], { reconnects: 2 });
  const { code, cause } = error as Error & { code: string };
  assert.deepEqual([code, (cause as { code: string }).code], ["client/events-lost", "client/unreachable"]);
  assert.equal(asked.length, 3);
  assert.deepEqual(waits, [500, 1000]);
});

test("a refusal that does not pass is told at once", async () => {
  for (const status of [401, 404, 500]) {
    const { error, asked } = await follow([refuse(status)]);
    assert.deepEqual([(error as ResponseError).status, asked.length], [status, 1]);
  }
});

test("a connection on which nothing comes is taken for broken", async (context) => {
  recordWaits(context, (ms) => ms !== 30);
  const { seen, asked } = await follow([connection([line(5)], "hang"), connection([line(6, "end")], "hang")], {
    idleMs: 30,
  });
  assert.deepEqual(
    [seen, asked],
    [
      ["5", "6"],
      [undefined, "5"],
    ],
  );
});

test("data that is no JSON is told, not repeated", async () => {
  const { error, asked } = await follow([connection(["id: 1\ndata: oops\n\n"], "close")]);
  assert.deepEqual([(error as { code: string }).code, asked.length], ["client/bad-answer", 1]);
});

test("a listener that stops closes the connection", async () => {
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(line(1))),
    cancel: () => {
      isCancelled = true;
    },
  });
  const source = { job: "j", open: async () => stream, isOver: async () => false };
  for await (const _ of followEvents<{ type: string }>(source, {})) break;
  assert.ok(isCancelled);
});

test("an abort while it waits for the next attempt ends it with the reason", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 20);
  assert.equal((await follow([unreachable], { signal: stop.signal })).error, reason);
});
