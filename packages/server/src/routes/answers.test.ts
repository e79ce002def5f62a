// What every answer has, what models and the process tell of themselves. Expected values by hand.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answeringWorker, makeFolder, testServer } from "../server.test.support.ts";
import { createMeasurements } from "./measurements.ts";

let place: Awaited<ReturnType<typeof makeFolder>>;
before(async () => {
  place = await makeFolder();
});
after(() => place.remove());

const analysis = { analysis: { file: "body", width: 1, height: 1, faces: [], milliseconds: 1 } } as never;
const open = (settings: object = {}) =>
  testServer(place.folder, {
    startWorker: answeringWorker(async () => analysis),
    settings: { state_folder: join(place.folder, `s${Math.random()}`), ...settings },
  });
const post = (body: string) => ({ method: "POST", body, headers: { "content-type": "image/jpeg" } });

test("models are listed and shown as their cards say, without places of the machine, with the server that runs them", async () => {
  const remotes = { expression: { url: "http://triton:8000" } };
  await writeFile(join(place.models, "broken.onnx"), "no model");
  const { app, close } = await open({ remotes, models: place.models });
  const response = await app.request("/v1/models");
  const text = await response.text();
  assert.ok(!text.includes(place.folder));
  const { models } = JSON.parse(text) as {
    models: { name: string; tasks: string[]; remote?: string; error?: { message: string } }[];
  };
  assert.match(models.find(({ name }) => name === "broken")!.error!.message, /^broken\.onnx/);
  const expression = models.find(({ name }) => name === "expression")!;
  assert.deepEqual([expression.tasks, expression.remote], [["expression"], "http://triton:8000"]);
  assert.equal(models.find(({ name }) => name === "face-detector")!.remote, undefined);
  const shown = (await (await app.request("/v1/models/expression")).json()) as { labels: { expression: string[] } };
  assert.equal(shown.labels.expression.length, 8);
  assert.equal((await app.request("/v1/models/none")).status, 404);
  await close({ graceMs: 0 });
  await rm(join(place.models, "broken.onnx"));
});

test("every answer has its id and the headers of security; ready says no as soon as the server is told to stop", async () => {
  const { app, drain, stop, close } = await open();
  const answers = await Promise.all(["/v1/models", "/v1/none", "/v2", "/docs"].map((path) => app.request(path)));
  for (const { headers } of answers) {
    assert.match(headers.get("x-request-id")!, /^[0-9a-f-]{36}$/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.match(headers.get("content-security-policy")!, /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(headers.get("access-control-allow-origin"), null);
  }
  const odd = await app.request("/health/live", { headers: { "x-request-id": "a b" } });
  assert.notEqual(odd.headers.get("x-request-id"), "a b");
  assert.equal((await app.request("/health/ready")).status, 200);
  drain();
  assert.equal((await app.request("/health/ready")).status, 503);
  assert.equal((await app.request("/v2/health/ready")).status, 503);
  assert.equal((await app.request("/v1/detect", post("1"))).status, 200);
  stop();
  const refused = await app.request("/v1/detect", post("1"));
  assert.deepEqual([refused.status, refused.headers.get("connection")], [503, "close"]);
  assert.equal((await app.request("/health/live")).status, 200);
  await close({ graceMs: 0 });
});

test("the process itself is measured: memory, handles, and the sizes of batches", async () => {
  const { pool, text } = createMeasurements();
  for (const size of [1, 3, 8]) pool.batch(size);
  const { text: told } = await text();
  for (const name of [
    "fovea_process_resident_memory_bytes",
    "fovea_nodejs_heap_size_used_bytes",
    "fovea_process_open_fds",
  ])
    assert.match(told, new RegExp(`^${name} \\d`, "m"));
  assert.match(told, /fovea_batch_size_bucket\{le="4"\} 2/);
});
