import assert from "node:assert/strict";
import { test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import type { Face } from "@foveajs/vision";
import { type Answering, createAnswerer } from "./answerer.ts";
import { type Caller, createCaller } from "./caller.ts";
import { type DownloadProgress, download, joinProgress } from "./download.ts";
import type { Found, FromEngine, ToEngine } from "./messages.ts";
import { createTurns } from "./turns.ts";
import { withoutReadings } from "./withheld.ts";

/** Both halves joined without a thread: messages are copied, as between threads. */
function pair(answers: Partial<Answering>): { caller: Caller; posted: ToEngine[]; isEnded: () => boolean } {
  const posted: ToEngine[] = [];
  let ended = false;
  const answerer = createAnswerer(answers as Answering, (message: FromEngine) => caller.take(structuredClone(message)));
  const caller = createCaller({
    post(message) {
      posted.push(message);
      answerer(structuredClone(message));
    },
    terminate() {
      ended = true;
    },
  });
  return { caller, posted, isEnded: () => ended };
}

const nothing: Found = { width: 1, height: 1, faces: [], milliseconds: 0 };
const request = { frame: {} as ImageBitmap, maxSide: 320 };

test("each call gets its own answer, whatever the order in which they end", async () => {
  const ends: (() => void)[] = [];
  const { caller } = pair({
    frame: ({ maxSide }) => new Promise((resolve) => ends.push(() => resolve({ ...nothing, width: maxSide }))),
  });
  const [first, second] = [1, 2].map((maxSide) => caller.ask("frame", { ...request, maxSide }));
  ends[1]!();
  ends[0]!();
  assert.equal((await first)!.width, 1);
  assert.equal((await second)!.width, 2);
});

test("errors come over with code, message and help, progress before the answer", async () => {
  const error = new FoveaError({ code: "vision/x", kind: "input", message: "no", help: "do" });
  const told: DownloadProgress[] = [];
  const { caller } = pair({
    async open(_, { onProgress }) {
      onProgress({ loaded: 1, total: 2 });
      throw error;
    },
  });
  const opening = { base: "http://x/", models: [], headers: {}, withheld: [] };
  await assert.rejects(caller.ask("open", opening, { onProgress: (one) => told.push(one) }), (thrown: FoveaError) => {
    assert.ok(thrown instanceof FoveaError);
    assert.deepEqual({ ...thrown.toJSON(), kind: thrown.kind }, { ...error.toJSON(), kind: "input" });
    return true;
  });
  assert.deepEqual(told, [{ loaded: 1, total: 2 }]);
});

test("a call that is given up rejects at once, and the worker hears of it", async () => {
  let stopped = false;
  const { caller, posted } = pair({
    frame: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          stopped = true;
          reject(new Error("late"));
        });
      }),
  });
  const controller = new AbortController();
  const asked = caller.ask("frame", request, { signal: controller.signal });
  controller.abort(new Error("given up"));
  await assert.rejects(asked, /given up/);
  assert.ok(stopped);
  assert.deepEqual(
    posted.map(({ type }) => type),
    ["call", "cancel"],
  );
});

test("when the worker ends, all that wait are told, and all that ask later", async () => {
  const { caller, isEnded } = pair({ frame: () => new Promise(() => {}) });
  const asked = caller.ask("frame", request);
  caller.fail("out of memory");
  await assert.rejects(asked, { code: "console/engine-lost" });
  await assert.rejects(caller.ask("frame", request), /out of memory/);
  assert.ok(isEnded());
});

test("tasks take turns, also after one that failed", async () => {
  const inTurn = createTurns();
  const told: string[] = [];
  const one = inTurn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    told.push("one");
    throw new Error("broken");
  });
  const two = inTurn(async () => told.push("two"));
  await assert.rejects(one, /broken/);
  await two;
  assert.deepEqual(told, ["one", "two"]);
});

const answering =
  (response: () => Response): typeof fetch =>
  async () =>
    response();

test("a download tells its bytes as they come, and gives them whole", async () => {
  const body = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of [[1, 2, 3], [4], [5, 6]]) controller.enqueue(Uint8Array.from(part));
        controller.close();
      },
    });
  const told: DownloadProgress[] = [];
  const fetch = answering(() => new Response(body(), { headers: { "content-length": "6" } }));
  const bytes = await download("http://x/m.onnx", { fetch, onProgress: (one) => told.push(one) });
  assert.deepEqual([...bytes], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(
    told,
    [3, 4, 6].map((loaded) => ({ loaded, total: 6 })),
  );
  const packed = answering(
    () => new Response(body(), { headers: { "content-length": "3", "content-encoding": "br" } }),
  );
  const ofPacked: DownloadProgress[] = [];
  await download("http://x/m.onnx", { fetch: packed, onProgress: (one) => ofPacked.push(one) });
  // the header counts what is sent, not what comes out of it
  assert.equal(ofPacked.at(-1)!.total, undefined);
});

test("a download that fails says which and why", async () => {
  const fetch = answering(() => new Response("", { status: 404 }));
  await assert.rejects(download("http://x/m.onnx", { fetch }), {
    code: "console/file-unreachable",
    message: "could not fetch http://x/m.onnx: status 404.",
  });
});

test("several downloads are one, whose size is known when that of each is", () => {
  const told: DownloadProgress[] = [];
  const [one, two] = joinProgress(2, (progress) => void told.push(progress));
  one!({ loaded: 5, total: 10 });
  two!({ loaded: 1, total: 20 });
  one!({ loaded: 10, total: 10 });
  assert.deepEqual(told, [
    { loaded: 5, total: undefined },
    { loaded: 6, total: 30 },
    { loaded: 11, total: 30 },
  ]);
});

test("what is withheld is in no part of a face, the rest stays", () => {
  const reading = { label: "yes", scores: { yes: 1 } };
  const face = {
    box: { x: 0, y: 0, width: 1, height: 1 },
    score: 1,
    points: {},
    readings: { expression: reading, smile: reading },
    values: { valence: 1, arousal: 1 },
    eyes: { eye: { left: reading, right: reading } },
  } as unknown as Face;
  const told = withoutReadings(face, new Set(["expression", "valence", "arousal"]));
  assert.deepEqual(Object.keys(told.readings), ["smile"]);
  assert.deepEqual(told.values, {});
  assert.deepEqual(told.eyes, face.eyes);
});
