// What a console has to know of a server before it asks anything. Expected values by hand.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answeringWorker, makeFolder, photograph, testServer } from "../server.test.support.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
});
after(() => place.remove());

const open = (settings: object) =>
  testServer(place.folder, {
    startWorker: answeringWorker(() => Promise.reject(new Error("not asked"))),
    settings: { state_folder: join(place.folder, `s${Math.random()}`), ...settings },
  });

test("without a key it tells what the server is for, what it withholds, its limits and whether a key is needed", async () => {
  const { app, keys, close } = await open({ limits: { faces: 7 }, datasets: { keep_days: 3 } });
  const told = async () => (await (await app.request("/v1/server")).json()) as Record<string, object>;
  const before = await told();
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  assert.deepEqual(before, {
    name: "fovea",
    version,
    purpose: "personal",
    withheld: null,
    keys: { needed: false, first: true },
    training: { pictures: true, recipes: false, keep_days: 3 },
    limits: {
      body_bytes: 33_554_432,
      pixels: 40_000_000,
      faces: 7,
      files: 16,
      requests_per_minute: 600,
      deadline_ms: 30_000,
      pictures: 20_000,
      pictures_bytes: 2_147_483_648,
    },
    example: { url: "/v1/server/example.jpg", file: "examples/astronaut.jpg" },
  });
  await keys.create({ name: "", scopes: ["all"], expires: undefined, now: new Date() });
  assert.deepEqual((await told()).keys, { needed: true, first: false });
  const example = await app.request("/v1/server/example.jpg");
  assert.equal(example.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(Buffer.from(await example.arrayBuffer()), await photograph());
  await close({ graceMs: 0 });
});

test("at a workplace it names what is withheld and why; with a ground nothing is", async () => {
  const withheld = async (settings: object) => {
    const { app, close } = await open({ purpose: "workplace", ...settings });
    const told = (await (await app.request("/v1/server")).json()) as { withheld: { names: string[]; help: string } };
    await close({ graceMs: 0 });
    return told.withheld;
  };
  const bare = await withheld({});
  for (const name of ["expression", "valence", "arousal"]) assert.ok(bare.names.includes(name), name);
  assert.match(bare.help, /Art\. 5\(1\)\(f\)/);
  const grounds = [{ basis: "safety", statement: "Drowsy drivers of machines.", responsible: "B", date: "2030-01-01" }];
  assert.equal(await withheld({ grounds }), null);
});

test("where other machines reach the server a key is needed before there is one", async () => {
  const { app, close } = await open({ host: "0.0.0.0" });
  const told = (await (await app.request("/v1/server")).json()) as { keys: object };
  assert.deepEqual(told.keys, { needed: true, first: false });
  await close({ graceMs: 0 });
});
