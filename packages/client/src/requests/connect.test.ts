// Waits are recorded and do not pass: setTimeout is replaced.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ResponseError } from "../errors.ts";
import { connect } from "./connect.ts";

const baseUrl = "http://127.0.0.1:1/";
const busy = (headers: Record<string, string> = {}) =>
  new Response('{"code": "server/queue-full", "help": "wait", "detail": "full"}', { status: 429, headers });
const fine = () => Response.json({ models: [] });

/** Answers in their order, and what was asked. */
function script(...answers: (() => Response | Promise<Response>)[]) {
  const asked: { address: string; init: RequestInit }[] = [];
  const fetch = async (address: string, init: RequestInit) => {
    asked.push({ address, init });
    return answers[asked.length - 1]!();
  };
  return { asked, fetch };
}

function recordWaits(context: TestContext): number[] {
  const waits: number[] = [];
  context.mock.method(globalThis, "setTimeout", ((run: () => void, ms: number) => {
    waits.push(ms);
    return setImmediate(run);
  }) as unknown as typeof setTimeout);
  return waits;
}

test("429 is waited out as Retry-After says, or 1, 2, 4 seconds where it says nothing", async (context) => {
  const waits = recordWaits(context);
  const { fetch, asked } = script(() => busy({ "retry-after": "5" }), busy, busy, fine);
  assert.deepEqual(await connect({ baseUrl, fetch }).json("get", "/v1/models", {}), { models: [] });
  assert.deepEqual(waits, [5000, 2000, 4000]);
  assert.equal(asked.length, 4);
});

test("a body is sent again whole", async (context) => {
  recordWaits(context);
  const { fetch, asked } = script(busy, () => Response.json({}));
  await connect({ baseUrl, fetch }).json("post", "/v1/train", { json: { recipe: "r" } });
  for (const { init } of asked) assert.equal(init.body, '{"recipe":"r"}');
  assert.equal(asked.length, 2);
});

test("it is asked again so often and no more, and not at all where that is said or the wait is too long", async (context) => {
  const waits = recordWaits(context);
  const cases = [
    [{}, [0, 0, 0, 0]],
    [{ times: 1 }, [0, 0]],
    [{ times: 0 }, [0]],
    [{ maxWaitMs: 4999 }, [5]],
  ] as const;
  for (const [retry, seconds] of cases) {
    const answers = seconds.map((wait) => () => busy({ "retry-after": String(wait) }));
    const { fetch, asked } = script(...answers);
    await assert.rejects(connect({ baseUrl, fetch, retry }).json("get", "/v1/models", {}), (error) => {
      assert.ok(error instanceof ResponseError);
      assert.deepEqual([error.status, error.code, error.retryAfterMs], [429, "server/queue-full", seconds[0] * 1000]);
      return true;
    });
    assert.equal(asked.length, seconds.length);
  }
  assert.deepEqual(waits, [0, 0, 0, 0]);
});

test("other refusals are not repeated", async () => {
  for (const status of [400, 500, 503]) {
    const { fetch, asked } = script(() => new Response("{}", { status }));
    await assert.rejects(connect({ baseUrl, fetch }).json("get", "/v1/models", {}), { status });
    assert.equal(asked.length, 1);
  }
});

test("a call is given up before it is made, while it waits for an answer, for its body, or for its turn", async () => {
  const reason = new Error("enough");
  const never = (_: string, { signal }: RequestInit) =>
    new Promise<Response>((_, reject) => signal!.addEventListener("abort", () => reject(new Error("other"))));
  const slowBody = async (_: string, { signal }: RequestInit) =>
    new Response(
      new ReadableStream({
        start: (stream) => signal!.addEventListener("abort", () => stream.error(new Error("other"))),
      }),
    );
  const waiting = async () => busy({ "retry-after": "20" });
  for (const fetch of [never, slowBody, waiting]) {
    const stop = new AbortController();
    const call = connect({ baseUrl, fetch }).json("get", "/v1/models", { signal: stop.signal });
    setImmediate(() => setImmediate(() => stop.abort(reason)));
    await assert.rejects(call, (thrown) => thrown === reason);
  }
  const { fetch, asked } = script(fine);
  const call = connect({ baseUrl, fetch }).json("get", "/v1/models", { signal: AbortSignal.abort(reason) });
  await assert.rejects(call, (thrown) => thrown === reason);
  assert.equal(asked.length, 0);
});

test("who does not answer is unreachable; the reason is told and kept", async () => {
  // port 1 is none that a server listens on
  await assert.rejects(connect({ baseUrl: "http://127.0.0.1:1" }).json("get", "/v1/models", {}), (error) => {
    const { code, message, cause } = error as Error & { code: string };
    assert.equal(code, "client/unreachable");
    assert.match(message, /^GET \/v1\/models: .*(ECONNREFUSED|bad port)/);
    assert.ok(cause instanceof Error);
    return true;
  });
});

test("an answer that is no JSON is told with its beginning", async () => {
  const { fetch } = script(() => new Response("<html>"));
  await assert.rejects(connect({ baseUrl, fetch }).json("get", "/v1/models", {}), {
    code: "client/bad-answer",
    message: /<html>/,
  });
});

test("the key goes along as a bearer, only where there is one", async () => {
  const { fetch, asked } = script(fine, fine);
  await connect({ baseUrl, fetch, key: "k" }).json("get", "/v1/models", {});
  await connect({ baseUrl, fetch }).json("get", "/v1/models", {});
  const [first, second] = asked.map(({ init }) => new Headers(init.headers).get("authorization"));
  assert.deepEqual([first, second], ["Bearer k", null]);
  assert.equal(asked[0]!.address, "http://127.0.0.1:1/v1/models");
});

test("an address that is none is refused at once", () => {
  for (const wrong of ["", "localhost", "/v1"]) {
    assert.throws(() => connect({ baseUrl: wrong }), { code: "client/bad-address" });
  }
});
