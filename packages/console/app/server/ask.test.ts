import assert from "node:assert/strict";
import { test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import { ask, askJson, wantsKey } from "./ask.ts";
import { keepKey, readKey } from "./key.ts";
import { isUsable, type ShownKey } from "./keys.ts";

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: FoveaError) => [error.code, error.kind, error.message, error.help],
  );

test("key and body go along, and the answer's JSON comes back", async () => {
  const asked: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (path, init) => {
    asked.push([path, init]);
    return Response.json({ fine: true });
  };
  assert.deepEqual(await askJson("v1/x", { method: "POST", json: { a: 1 }, key: "k", fetch }), { fine: true });
  const headers = { authorization: "Bearer k", "content-type": "application/json" };
  assert.deepEqual(asked, [["v1/x", { method: "POST", headers, body: '{"a":1}' }]]);
});

test("problem documents are errors with their code and help; other failures say what is known", async () => {
  const problem = { code: "server/key-needed", detail: "a key is needed.", help: "send one." };
  const answer = (body: unknown, status: number) => async () => Response.json(body, { status });
  assert.deepEqual(await codeOf(ask("x", { key: undefined, fetch: answer(problem, 401) })), [
    "server/key-needed",
    "input",
    "a key is needed.",
    "send one.",
  ]);
  const protocol = { error: "no such model.", code: "operations/missing-model", help: "look." };
  assert.deepEqual(
    ((await codeOf(ask("x", { key: undefined, fetch: answer(protocol, 404) }))) as string[]).slice(0, 3),
    ["operations/missing-model", "missing", "no such model."],
  );
  const bare = async () => new Response("<html>", { status: 502 });
  assert.equal(((await codeOf(ask("x", { key: undefined, fetch: bare }))) as string[])[0], "console/server-failed");
  const gone = async () => Promise.reject(new TypeError("fetch failed"));
  assert.equal(((await codeOf(ask("x", { key: undefined, fetch: gone }))) as string[])[0], "console/no-server");
});

test("who gives a request up hears of no failed server", async () => {
  const stop = new AbortController();
  const fetch: typeof globalThis.fetch = async (_path, init) => {
    stop.abort();
    throw init?.signal?.reason;
  };
  await assert.rejects(ask("x", { key: undefined, fetch, signal: stop.signal }), { name: "AbortError" });
});

test("only what a key would change asks for one", () => {
  const error = (code: string) => new FoveaError({ code, kind: "input", message: "", help: "" });
  assert.ok(wantsKey(error("server/key-needed")) && wantsKey(error("server/scope-needed")));
  assert.ok(!wantsKey(error("server/wrong-host")) && !wantsKey(new Error("server/key-needed")));
});

test("a key is kept until it is forgotten", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  assert.equal(readKey(storage), undefined);
  keepKey("fovea_1", storage);
  assert.equal(readKey(storage), "fovea_1");
  keepKey(undefined, storage);
  assert.equal(readKey(storage), undefined);
});

test("keys that expired or were revoked cannot be used", () => {
  const key: Pick<ShownKey, "expires" | "revoked"> = { expires: null, revoked: null };
  const now = new Date("2026-02-01T00:00:00Z");
  assert.ok(isUsable(key, now));
  assert.ok(isUsable({ ...key, expires: "2026-02-01T00:00:01Z" }, now));
  assert.ok(!isUsable({ ...key, expires: "2026-02-01T00:00:00Z" }, now));
  assert.ok(!isUsable({ ...key, revoked: "2026-01-02T00:00:00Z" }, now));
});
