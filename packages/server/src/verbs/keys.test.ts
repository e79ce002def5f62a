// The routes of keys, and that they and `fovea keys` are one. Expected values by hand.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createNodeContext, runOperation } from "@foveajs/operations";
import { answeringWorker, makeFolder, testServer } from "../server.test.support.ts";
import { createKey, listKeys, revokeKey } from "./keys.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
});
after(() => place.remove());

async function open(name: string, settings: object = {}) {
  const state = join(place.folder, name);
  const server = await testServer(place.folder, {
    startWorker: answeringWorker(() => Promise.reject(new Error("not asked"))),
    settings: { state_folder: state, ...settings },
  });
  const ask = async (method: string, path: string, { key, body }: { key?: string; body?: object } = {}) => {
    const response = await server.app.request(path, {
      method,
      ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, told: (await response.json()) as Told };
  };
  const audited = async () =>
    (await readFile(server.config.audit_file, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...server, state, ask, audited };
}

interface Told {
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly scopes: readonly string[];
  readonly expires: string | null;
  readonly revoked: string | null;
  readonly keys: readonly Told[];
}

test("the first key is made without one, and has to be one that can make others", async () => {
  const { ask, close, audited, config } = await open("first");
  assert.deepEqual((await ask("GET", "/v1/keys")).told, { keys: [] });
  const poor = await ask("POST", "/v1/keys", { body: {} });
  assert.deepEqual([poor.status, poor.told.code], [409, "server/first-key"]);
  const first = await ask("POST", "/v1/keys", { body: { name: "me", scopes: ["keys", "keys"] } });
  assert.equal(first.status, 201);
  assert.equal(first.headers.get("location"), `/v1/keys/${first.told.id}`);
  assert.equal(first.headers.get("cache-control"), "no-store");
  assert.deepEqual(first.told.scopes, ["keys"]);
  assert.equal((await ask("POST", "/v1/keys", { body: { scopes: ["all"] } })).status, 401);
  assert.equal((await ask("GET", "/v1/keys")).status, 401);
  const { key } = first.told;
  const second = await ask("POST", "/v1/keys", { key, body: { name: "shop", scopes: ["analyze"], days: 1 } });
  assert.equal(second.status, 201);
  assert.ok(Math.abs(Date.parse(second.told.expires!) - Date.now() - 86_400_000) < 60_000);
  // whose key is for other things sees and changes none
  for (const [method, path] of [
    ["GET", "/v1/keys"],
    ["POST", "/v1/keys"],
    ["DELETE", `/v1/keys/${first.told.id}`],
  ] as const)
    assert.deepEqual((await ask(method, path, { key: second.told.key })).told.code, "server/scope-needed");
  const listed = await ask("GET", "/v1/keys", { key });
  assert.deepEqual(
    listed.told.keys.map(({ id }) => id),
    [first.told.id, second.told.id],
  );
  assert.doesNotMatch(JSON.stringify(listed.told), /sha256|fovea_/);
  assert.doesNotMatch(await readFile(config.keys_file, "utf8"), /fovea_/);
  const ended = await ask("DELETE", `/v1/keys/${second.told.id}`, { key });
  assert.equal(ended.status, 200);
  assert.notEqual(ended.told.revoked, null);
  assert.equal((await ask("GET", "/v1/models", { key: second.told.key })).status, 401);
  assert.equal((await ask("DELETE", "/v1/keys/none", { key })).status, 404);
  // it stands in the log who did what, and with which key
  assert.deepEqual(
    (await audited()).map(({ event, key: of, by }) => [event, of, by]),
    [
      ["key-created", first.told.id, null],
      ["key-created", second.told.id, first.told.id],
      ["key-revoked", second.told.id, first.told.id],
    ],
  );
  await close({ graceMs: 0 });
});

test("where other machines reach the server, or a page of another origin asks, no first key is made", async () => {
  const wide = await open("wide", { host: "0.0.0.0" });
  assert.equal((await wide.ask("POST", "/v1/keys", { body: { scopes: ["all"] } })).status, 401);
  await wide.close({ graceMs: 0 });
  const { app, keys, close } = await open("origin");
  const headers = { origin: "https://evil.example" };
  const asked = await app.request("/v1/keys", { method: "POST", headers, body: '{"scopes":["all"]}' });
  assert.equal(asked.status, 403);
  assert.deepEqual(await keys.list(), []);
  await close({ graceMs: 0 });
});

test("of many who ask for the first key at once one gets it, and of many later ones none is lost", async () => {
  const { ask, keys, close } = await open("race");
  const firsts = await Promise.all(
    Array.from({ length: 8 }, () => ask("POST", "/v1/keys", { body: { scopes: ["keys"] } })),
  );
  const made = firsts.filter(({ status }) => status === 201);
  assert.deepEqual([made.length, (await keys.list()).length], [1, 1]);
  const { key } = made[0]!.told;
  await Promise.all(Array.from({ length: 12 }, () => ask("POST", "/v1/keys", { key, body: {} })));
  assert.equal((await keys.list()).length, 13);
  await close({ graceMs: 0 });
});

test("keys of the command line and of the server are the same", async () => {
  const { ask, state, close } = await open("same");
  const config = join(place.folder, "same.yaml");
  await writeFile(config, `state_folder: ${state}\n`);
  const context = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  const run = async (operation: Parameters<typeof runOperation>[0], input: object) => {
    const results: unknown[] = [];
    for await (const result of runOperation(operation, { ...input, config }, context)) results.push(result);
    return results as Told[];
  };
  const [typed] = await run(createKey, { name: "cli", scopes: ["keys"] });
  const asked = await ask("POST", "/v1/keys", { key: typed!.key, body: { name: "http" } });
  const { key: _key, ...shown } = asked.told;
  assert.deepEqual((await run(listKeys, {})).at(-1), shown);
  assert.deepEqual((await ask("GET", "/v1/keys", { key: typed!.key })).told.keys, await run(listKeys, {}));
  await run(revokeKey, { id: shown.id });
  assert.equal((await ask("GET", "/v1/models", { key: asked.told.key })).status, 401);
  await close({ graceMs: 0 });
});
