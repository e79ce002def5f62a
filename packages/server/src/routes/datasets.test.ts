// Uploaded pictures: names, limits, several processes over one folder, and a training on them. Expected values by hand.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeParts } from "@foveajs/operations";
import { createPictureSets } from "../datasets/picture-sets.ts";
import { makeFolder, photograph, realWorker, testServer } from "../server.test.support.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
let worker: ReturnType<typeof realWorker>;
before(async () => {
  place = await makeFolder();
  worker = realWorker(place.models, { pixels: 512 * 512 });
});
after(async () => {
  await worker.dispose();
  await place.remove();
});

async function open(settings: object = {}, name = `s${Math.random()}`) {
  const server = await testServer(place.folder, {
    startWorker: worker.start,
    settings: { state_folder: join(place.folder, name), jobs: { parallel: 0, threads: 1 }, ...settings },
  });
  const ask = async (method: string, path: string, body?: object | Buffer) => {
    const isPicture = Buffer.isBuffer(body);
    const response = await server.app.request(path, {
      method,
      ...(isPicture ? { headers: { "content-type": "image/jpeg" } } : {}),
      ...(body === undefined ? {} : { body: isPicture ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, told: (text ? JSON.parse(text) : {}) as Told };
  };
  const create = async (title = "Signs") => (await ask("POST", "/v1/datasets", { name: title })).told.id;
  return { ...server, ask, create };
}

interface Told {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly detail: string;
  readonly state: string;
  readonly pictures: number | string;
  readonly size_bytes: number;
  readonly expires: string | null;
  readonly classes: readonly { name: string; pictures: number }[];
  readonly datasets: readonly Told[];
}

const level = async (value: number, side = 16) => {
  const data = Uint8Array.from({ length: side * side }, (_, at) => value + ((at * 7) % 17));
  return Buffer.from(
    await nodeParts.encodeImage({ width: side, height: side, order: "gray", data }, { format: "png" }),
  );
};

test("pictures are kept byte for byte by class, told, replaced by name, and deleted with their set", async () => {
  const { ask, config, close } = await open();
  const made = await ask("POST", "/v1/datasets", { name: " Signs " });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("location"), `/v1/datasets/${made.told.id}`);
  assert.deepEqual([made.told.name, made.told.pictures, made.told.expires], ["Signs", 0, null]);
  const { id } = made.told;
  const photo = await photograph();
  const at = (label: string, file: string) =>
    `/v1/datasets/${id}/pictures/${encodeURIComponent(label)}/${encodeURIComponent(file)}`;
  const put = await ask("PUT", at("猫 & co", "a b.jpg"), photo);
  assert.equal(put.status, 201);
  assert.deepEqual(put.told as object, {
    class: "猫 & co",
    file: "a b.jpg",
    width: 512,
    height: 512,
    size_bytes: photo.length,
  });
  const small = await level(40);
  await ask("PUT", at("dog", "1.png"), await level(90));
  await ask("PUT", at("dog", "1.png"), small);
  await ask("PUT", at("__proto__", "1.png"), small);
  const { told } = await ask("GET", `/v1/datasets/${id}`);
  assert.deepEqual(told.classes, [
    { name: "__proto__", pictures: 1 },
    { name: "dog", pictures: 1 },
    { name: "猫 & co", pictures: 1 },
  ]);
  assert.deepEqual([told.pictures, told.size_bytes], [3, photo.length + 2 * small.length]);
  const folder = join(config.state_folder, "datasets", id);
  const kept = join(folder, "pictures", "猫 & co", "a b.jpg");
  assert.deepEqual(await readFile(kept), photo);
  assert.equal((await stat(kept)).mode & 0o777, 0o600);
  assert.deepEqual(
    (await ask("GET", "/v1/datasets")).told.datasets.map((set) => set.id),
    [id],
  );
  assert.equal((await ask("DELETE", `/v1/datasets/${id}`)).status, 204);
  assert.deepEqual(await readdir(join(config.state_folder, "datasets")), []);
  assert.equal((await ask("DELETE", `/v1/datasets/${id}`)).status, 404);
  await close({ graceMs: 0 });
});

test("names lead nowhere else, and what is no picture or too large a one is not kept", async () => {
  const { ask, create, config, close } = await open({ limits: { body_bytes: 200_000 } });
  const id = await create();
  const small = await level(40);
  const names: readonly [string, string][] = [
    ["..", "1.png"],
    ["a/b", "1.png"],
    ["a\\b", "1.png"],
    ["a", "../1.png"],
    ["a", "..png"],
    ["a", "1.exe"],
    ["a", "1"],
    ["a\0", "1.png"],
    [".hidden", "1.png"],
    ["Train", "1.png"],
    ["NUL", "1.png"],
    ["a.", "1.png"],
    ["x".repeat(101), "1.png"],
  ];
  for (const [label, file] of names) {
    const path = `/v1/datasets/${id}/pictures/${encodeURIComponent(label).replaceAll(".", "%2E")}/${encodeURIComponent(file)}`;
    const { status, told } = await ask("PUT", path, small);
    // "%2E%2E" is a step up to every client: it arrives as another address
    assert.ok(status === 400 || status === 404 || status === 405, `${label}/${file}: ${status}`);
    assert.match(told.code, /bad-name|unknown-route|method-not-allowed/);
  }
  const at = `/v1/datasets/${id}/pictures/a/1.png`;
  const photo = await photograph();
  for (const [body, status] of [
    [Buffer.from("text"), 415],
    [photo.subarray(0, 5000), 422],
    [await level(1, 600), 413],
    [Buffer.alloc(300_000), 413],
  ] as const)
    assert.equal((await ask("PUT", at, body)).status, status);
  assert.equal((await ask("PUT", at, Buffer.alloc(0))).told.code, "server/no-file");
  assert.equal((await ask("PUT", at, { no: "picture" })).told.code, "server/unsupported-media");
  for (const stranger of ["..", "x".repeat(36), "00000000-0000-0000-0000-000000000000"])
    assert.equal((await ask("PUT", `/v1/datasets/${stranger}/pictures/a/1.png`, small)).status, 404);
  assert.equal((await ask("POST", "/v1/datasets", { name: " " })).status, 400);
  assert.deepEqual(await readdir(join(config.state_folder, "datasets", id)), ["pictures", "set.json"]);
  assert.deepEqual(await readdir(join(config.state_folder, "datasets", id, "pictures")), []);
  await close({ graceMs: 0 });
});

test("sets, pictures and bytes are limited; several processes share what there is", async () => {
  const small = await level(40);
  const settings = { datasets: { count: 2, pictures: 3, bytes: 2 * small.length } };
  const [one, other] = [await open(settings, "shared"), await open(settings, "shared")];
  const id = await one.create();
  const at = (file: string) => `/v1/datasets/${id}/pictures/a/${file}`;
  assert.equal((await one.ask("PUT", at("1.png"), small)).status, 201);
  assert.equal((await other.ask("PUT", at("2.png"), small)).status, 201);
  assert.match((await other.ask("PUT", at("3.png"), small)).told.detail, /bytes in a set/);
  const sets = createPictureSets(join(place.folder, "shared", "datasets"), { count: 2, pictures: 2, bytes: 1e6 });
  await assert.rejects(sets.put(id, { className: "a", file: "3.png", bytes: small }), {
    code: "server/pictures-full",
    message: /2 pictures in a set/,
  });
  await other.create();
  assert.match((await one.ask("POST", "/v1/datasets", { name: "x" })).told.detail, /2 sets of pictures/);
  await other.ask("DELETE", `/v1/datasets/${id}`);
  assert.equal((await one.ask("PUT", at("1.png"), small)).status, 404);
  for (const { close } of [one, other]) await close({ graceMs: 0 });
});

test("sets go by themselves after their days, but not while a training uses them", async () => {
  const root = join(place.folder, "old");
  const sets = createPictureSets(root, { count: 9, pictures: 9, bytes: 1e6, keep_days: 2 });
  const ids: string[] = [];
  for (const day of ["01", "02", "03"])
    ids.push((await sets.create({ name: day, key: null, created: `2030-01-${day}T00:00:00.000Z` })).id);
  // what a process that died left half deleted goes too
  await mkdir(join(root, "x.deleted"));
  assert.equal((await sets.find(ids[0]!)).expires, "2030-01-03T00:00:00.000Z");
  await sets.sweep(new Date("2030-01-04T00:00:00Z"), new Set([ids[1]!]));
  assert.deepEqual(
    (await sets.list()).map(({ name }) => name),
    ["02", "03"],
  );
  assert.equal((await readdir(root)).length, 2);
});

test("a training asks for two classes and a model that there is; its pictures stay while it goes on", async () => {
  const { ask, create, close } = await open();
  const id = await create();
  const train = (more: object = {}) => ask("POST", "/v1/train", { pictures: id, minutes: 0.1, ...more });
  assert.equal((await train()).told.code, "server/few-classes");
  for (const label of ["dark", "bright"])
    await ask("PUT", `/v1/datasets/${id}/pictures/${label}/1.png`, await level(label === "dark" ? 40 : 200));
  for (const from of ["none", "../models/expression", join(place.models, "expression.onnx")])
    assert.deepEqual((await train({ from })).status, 404);
  assert.equal((await train({ minutes: 0 })).status, 400);
  assert.equal((await train({ recipe: "name: x" })).status, 400);
  assert.equal((await ask("POST", "/v1/train", { pictures: "none" })).told.code, "server/unknown-pictures");
  const job = await train({ from: "expression" });
  assert.equal(job.status, 202);
  assert.deepEqual([job.told.name, job.told.pictures], ["Signs", id]);
  assert.equal((await ask("DELETE", `/v1/datasets/${id}`)).told.code, "server/pictures-in-use");
  await ask("POST", `/v1/jobs/${job.told.id}/cancel`);
  await close({ graceMs: 0 });
});

test("uploaded classes become a model that is named after them and tells nothing of the machine", {
  timeout: 180_000,
}, async () => {
  const { app, ask, create, config, close } = await open({ jobs: { parallel: 1, threads: 1 } });
  const id = await create("Dark & bright");
  for (let index = 0; index < 12; index++) {
    for (const [label, value] of [
      ["dark", 30 + index],
      ["bright", 180 + index],
    ] as const)
      await ask("PUT", `/v1/datasets/${id}/pictures/${label}/${index}.png`, await level(value));
  }
  const { told: job } = await ask("POST", "/v1/train", { pictures: id, minutes: 0.05 });
  const events = await app.request(`/v1/jobs/${job.id}/events`);
  const text = await events.text();
  assert.match(text, /"type":"proposal"/);
  assert.match(text, /"type":"end","state":"done","error":null/);
  assert.ok(!text.includes(place.folder), "no place of the machine in its events");
  const model = await app.request(`/v1/jobs/${job.id}/model`);
  assert.match(model.headers.get("content-disposition")!, /dark-bright\.onnx/);
  const bytes = Buffer.from(await model.arrayBuffer());
  assert.ok(!bytes.includes(place.folder), "nor in its model");
  await writeFile(join(place.models, "mine.onnx"), bytes);
  const card = JSON.stringify(await nodeParts.readCard(join(place.models, "mine.onnx")));
  assert.match(card, /"labels":\["bright","dark"\]/);
  const predict = await app.request("/v1/models/mine/predict", {
    method: "POST",
    headers: { "content-type": "image/png" },
    body: new Uint8Array(await level(35)),
  });
  assert.match(await predict.text(), /"label":"dark"/);
  await sleep(0);
  assert.equal((await ask("DELETE", `/v1/datasets/${id}`)).status, 204);
  assert.deepEqual(await readdir(join(config.state_folder, "datasets")), []);
  await close({ graceMs: 0 });
});
