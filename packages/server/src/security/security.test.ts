// Expected values by hand.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createAudit } from "./audit.ts";
import { createHostCheck, isAllowedOrigin, isLoopback } from "./hosts.ts";
import { allows, createKeyStore, refusalOf } from "./keys.ts";
import { createPurposeRule } from "./purpose.ts";
import { createRateLimit } from "./rate.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-security-"));
});
after(() => rm(folder, { recursive: true }));

const now = new Date("2030-01-01T00:00:00Z");

test("a key is found again by itself alone; the file holds no key and is for its owner only", async () => {
  const path = join(folder, "keys", "keys.json");
  const store = createKeyStore(path);
  assert.deepEqual(await store.list(), []);
  const { key, stored } = await store.create({ name: "app", scopes: ["analyze"], expires: undefined, now });
  assert.match(key, /^fovea_[\w-]{43}$/);
  assert.deepEqual(await store.find(key), stored);
  assert.equal(await store.find(`${key}x`), undefined);
  assert.doesNotMatch(await readFile(path, "utf8"), new RegExp(key));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(allows(stored, "analyze"), true);
  assert.equal(allows(stored, "train"), false);
  assert.equal(allows({ ...stored, scopes: ["all"] }, "train"), true);
});

test("another process's revocation is seen, and an expired key is refused from that moment on", async () => {
  const path = join(folder, "shared.json");
  const [one, other] = [createKeyStore(path), createKeyStore(path)];
  const expires = new Date("2030-02-01T00:00:00Z");
  const { key, stored } = await one.create({ name: "", scopes: ["all"], expires, now });
  assert.equal(refusalOf(stored, now), undefined);
  assert.match(refusalOf(stored, expires)!, /expired/);
  assert.equal((await other.find(key))!.revoked, null);
  await one.revoke(stored.id, now);
  assert.match(refusalOf((await other.find(key))!, now)!, /revoked/);
  await assert.rejects(one.revoke("00000000", now), { code: "server/unknown-key" });
});

test("a keys file that was spoiled is an error, never an open door", async () => {
  const { writeFile } = await import("node:fs/promises");
  const path = join(folder, "spoiled.json");
  await writeFile(path, "{");
  await assert.rejects(createKeyStore(path).list(), { code: "server/bad-keys-file" });
});

test("only names of this server pass the Host check", () => {
  const check = createHostCheck({ host: "192.0.2.1", hosts: ["fovea.example"] });
  for (const host of ["localhost", "localhost:8700", "127.0.0.1:1", "[::1]:8700", "192.0.2.1:80", "Fovea.Example"])
    assert.ok(check(host), host);
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8700", "", "[::2]"])
    assert.ok(!check(host), host);
  assert.deepEqual(["127.0.0.1", "127.9.9.9", "::1", "localhost"].map(isLoopback), [true, true, true, true]);
  assert.deepEqual(["0.0.0.0", "::", "192.168.0.1", "127.evil.example"].map(isLoopback), [false, false, false, false]);
  const place = { host: "localhost:8700", origins: ["https://app.example"] };
  assert.deepEqual(
    ["http://localhost:8700", "https://app.example", "http://localhost:9000", "https://app.example.evil", "null"].map(
      (origin) => isAllowedOrigin(origin, place),
    ),
    [true, true, false, false, false],
  );
});

test("a minute's requests may come at once, then as fast as the limit says; each key has its own", () => {
  let time = 0;
  const limit = createRateLimit({ perMinute: 60, now: () => time });
  for (let i = 0; i < 60; i++) assert.equal(limit.take("a"), 0);
  assert.equal(limit.take("a"), 1);
  assert.equal(limit.take("b"), 0);
  time += 1000;
  assert.equal(limit.take("a"), 0);
  assert.equal(limit.take("a"), 1);
  time += 10 * 60_000;
  for (let i = 0; i < 60; i++) assert.equal(limit.take("a"), 0);
  assert.equal(limit.take("a"), 1);
});

test("at work and in education emotions are refused without a ground and granted with one; elsewhere nothing is said", () => {
  const names = ["expression", "valence", "smile", "landmarks"];
  for (const purpose of ["workplace", "education"] as const) {
    const rule = createPurposeRule({ purpose, grounds: [] });
    assert.deepEqual(rule.refused(names), ["expression", "valence"]);
    assert.throws(() => rule.check(["Expression"]), { code: "server/purpose-refused", help: /Art\. 5\(1\)\(f\)/ });
    rule.check(["smile", "landmarks"]);
    const ground = {
      basis: "medical",
      statement: "Pain of patients after surgery.",
      responsible: "Dr A",
      date: "2030-01-01",
    } as const;
    const granted = createPurposeRule({ purpose, grounds: [ground] });
    granted.check(names);
    assert.deepEqual(granted.granted(names), { names: ["expression", "valence"], ground });
    assert.equal(granted.granted(["smile"]), undefined);
  }
  const personal = createPurposeRule({ purpose: "personal", grounds: [] });
  assert.deepEqual(personal.refused(names), []);
  assert.equal(personal.granted(names), undefined);
});

test("the audit log grows by whole lines, whoever writes", async () => {
  const path = join(folder, "state", "audit.jsonl");
  const [one, other] = [createAudit(path, { now: () => now }), createAudit(path, { now: () => now })];
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => (i % 2 ? one : other)({ event: "key-created", key: String(i), scopes: [] })),
  );
  const lines = (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { key: string; time: string });
  assert.equal(new Set(lines.map(({ key }) => key)).size, 50);
  assert.equal(lines[0]!.time, "2030-01-01T00:00:00.000Z");
});
