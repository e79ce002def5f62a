// Every route of the OpenAPI document through the client, on a real server in this process with real models.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { finishJob, heldWorker, photograph, root, startServer, type TestServer } from "./client.test.support.ts";
import { createClient, type FoveaClient } from "./client.ts";
import { ResponseError } from "./errors.ts";
import type { operations } from "./generated/api.ts";

const baseUrl = "http://localhost";
const SIDE = 44; // of the input of the expression model

let server: TestServer;
let client: FoveaClient;
before(async () => {
  server = await startServer({ limits: { requests_per_minute: 10_000 } });
  const { key } = await server.keys.create({ name: "", scopes: ["all"], expires: undefined, now: new Date() });
  client = createClient({ baseUrl, key, fetch: server.fetch });
  for (const file of ["cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"]) {
    const path = join(server.config.data_folder!, "pets", "test", file);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, "");
  }
});
after(() => server.end());

const recipe = "name: mine\ndata: { folder: pets }\n";
const image = { dtype: "float32", shape: [1, 1, SIDE, SIDE], data: new Float32Array(SIDE * SIDE) } as const;
// of four pictures one is named wrongly
const scores = {
  name: "scores.csv",
  bytes: Buffer.from("id,label\ntest/cat/1.png,cat\ntest/cat/2.png,dog\ntest/dog/1.png,dog\ntest/dog/2.png,dog\n"),
};
const events = [
  { type: "checkpoint", step: 1, path: "p" },
  { type: "end", state: "done", error: null },
];

async function doneJob(): Promise<string> {
  const { id } = await client.train({ recipe });
  await finishJob(server, id, events);
  return id;
}

async function dataset(): Promise<string> {
  const { id } = await client.createDataset("pets");
  return id;
}

/** What a jpeg begins with. */
const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8;

/** A call of each operation, and a look at what came back; an operation without a row does not compile. */
const calls = {
  async postV1Analyze() {
    const { results } = await client.analyze(photograph, { only: ["expression"], threshold: 0.5 });
    const [analysis] = results;
    assert.ok(analysis && "faces" in analysis);
    assert.equal(analysis.file, "astronaut.jpg");
    // seen by eye: the face lies between x 165 and 280, y 60 and 215; detectors cut it closer or wider
    const { x, y } = analysis.faces[0]!.box;
    assert.ok(analysis.faces.length === 1 && x > 130 && x < 210 && y > 20 && y < 110, `${x} ${y}`);
    assert.ok(analysis.faces[0]!.expression && !analysis.faces[0]!.smile);
  },
  async postV1Detect() {
    const bytes = await readFile(photograph);
    const { results } = await client.detect([photograph, new Blob([bytes]), Uint8Array.of(1)], { overlay: "jpeg" });
    assert.deepEqual(
      results.map((result) => ("faces" in result ? result.faces.length : result.error.code)),
      [1, 1, "vision/image-unknown-format"],
    );
    assert.ok("faces" in results[0]! && results[0].overlay?.startsWith("data:image/jpeg;base64,"));
  },
  async getV1Models() {
    assert.ok((await client.models()).some((model) => "name" in model && model.name === "expression"));
  },
  getV1ModelsName: async () => assert.equal((await client.model("expression")).name, "expression"),
  async postV1ModelsNamePredict() {
    const { predictions } = await client.predict("expression", { name: "a.jpg", bytes: await readFile(photograph) });
    const { file, width, tasks } = predictions[0]!;
    assert.deepEqual([file, width, tasks.expression?.kind], ["a.jpg", 512, "classification"]);
  },
  async postV1Evaluate() {
    const [result] = await client.evaluate(scores, { protocol: "folder", data: "pets" });
    assert.equal(result!.metrics.accuracy!.value, 0.75);
  },
  postV1Datasets: async () => assert.equal((await client.createDataset("pets")).pictures, 0),
  async getV1Datasets() {
    const id = await dataset();
    assert.ok((await client.datasets()).some((set) => set.id === id));
  },
  async getV1DatasetsId() {
    const id = await dataset();
    assert.equal((await client.dataset(id)).id, id);
  },
  async putV1DatasetsIdPicturesClassFile() {
    const id = await dataset();
    const { class: label, file, size_bytes } = await client.putPicture(id, "cats & co", photograph);
    assert.deepEqual([label, file, size_bytes], ["cats & co", "astronaut.jpg", (await readFile(photograph)).length]);
    assert.deepEqual((await client.dataset(id)).classes, [{ name: "cats & co", pictures: 1 }]);
  },
  async deleteV1DatasetsId() {
    const id = await dataset();
    assert.equal(await client.deleteDataset(id), undefined);
    await assert.rejects(client.dataset(id), { status: 404 });
  },
  async postV1Train() {
    const { name, state, threads } = await client.train({ recipe, threads: 2 });
    assert.deepEqual([name, state, threads], ["mine", "queued", 2]);
  },
  async getV1Jobs() {
    const id = await doneJob();
    assert.ok((await client.jobs({ state: "done" })).some((job) => job.id === id));
    assert.ok(!(await client.jobs({ state: "queued" })).some((job) => job.id === id));
  },
  async getV1JobsId() {
    const id = await doneJob();
    assert.equal((await client.job(id)).state, "done");
  },
  async getV1JobsIdEvents() {
    const seen: object[] = [];
    for await (const { data } of client.trainEvents(await doneJob())) seen.push(data);
    assert.deepEqual(seen, events);
  },
  async postV1JobsIdCancel() {
    const { id } = await client.train({ recipe });
    assert.equal((await client.cancelJob(id)).cancelling, true);
  },
  async getV1JobsIdModel() {
    assert.equal(Buffer.from(await client.jobModel(await doneJob())).toString(), "model");
  },
  getV1Keys: async () => assert.ok((await client.keys()).length > 0),
  async postV1Keys() {
    const { key, scopes } = await client.createKey({ name: "shop", scopes: ["models"] });
    assert.deepEqual(scopes, ["models"]);
    assert.ok((await createClient({ baseUrl, key, fetch: server.fetch }).models()).length > 0);
  },
  async deleteV1KeysId() {
    const { id } = await client.createKey({});
    assert.ok((await client.revokeKey(id)).revoked);
  },
  getV1Server: async () => assert.equal((await client.server()).purpose, "personal"),
  "getV1ServerExample.jpg": async () => assert.ok(isJpeg(await client.example())),
  getHealthLive: async () => assert.equal(await client.live(), true),
  getHealthReady: async () => assert.equal(await client.ready(), true),
  getMetrics: async () => assert.match(await client.metrics(), /^fovea_queue_length 0$/m),
  getV2: async () => assert.equal((await client.protocol.server()).name, "fovea"),
  getV2HealthLive: async () => assert.equal(await client.protocol.live(), true),
  getV2HealthReady: async () => assert.equal(await client.protocol.ready(), true),
  getV2ModelsName: async () =>
    assert.deepEqual((await client.protocol.model("expression")).inputs[0]!.shape, [-1, 1, SIDE, SIDE]),
  getV2ModelsNameReady: async () => assert.equal(await client.protocol.modelReady("expression"), true),
  async postV2ModelsNameInfer() {
    const { expression } = await client.protocol.infer("expression", { image });
    assert.deepEqual(expression!.shape, [1, 8]);
  },
  async getV2ModelsNameVersionsVersion() {
    assert.deepEqual((await client.protocol.model("expression", { version: "1" })).versions, ["1"]);
  },
  async getV2ModelsNameVersionsVersionReady() {
    assert.equal(await client.protocol.modelReady("expression", { version: "1" }), true);
  },
  async postV2ModelsNameVersionsVersionInfer() {
    const outputs = await client.protocol.infer("expression", { image }, { version: "1", outputs: ["expression"] });
    assert.deepEqual(Object.keys(outputs), ["expression"]);
  },
} satisfies Record<keyof operations, () => Promise<unknown>>;

const document = JSON.parse(await readFile(join(root, "docs", "openapi.json"), "utf8")) as {
  paths: Record<string, Record<string, { operationId: keyof operations }>>;
};
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [method, { operationId }] of Object.entries(methods)) {
    test(`${method.toUpperCase()} ${path} is reached`, async () => {
      const call = calls[operationId];
      assert.ok(call, `the client has no function for ${operationId}`);
      await call();
      const isIt = (line: { method: string; route: string; status: number }) =>
        line.route === path && line.method === method.toUpperCase() && line.status < 300;
      assert.ok(server.lines.some(isIt), `${operationId} was not asked`);
    });
  }
}

test("a picture drawn: a JPEG or PNG of its size, not the picture itself", async () => {
  const jpeg = await client.overlay(photograph, { format: "jpeg", only: ["smile"] });
  assert.ok(isJpeg(jpeg) && !Buffer.from(jpeg).equals(await readFile(photograph)));
  const png = Buffer.from(await client.overlay(photograph));
  assert.deepEqual([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ["PNG", 512, 512]);
});

test("refusals are errors with the server's code, help, status and the id in its log", async () => {
  const refused = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ResponseError);
    assert.ok(error.help.length > 0 && error.message.length > 0);
    assert.ok(
      server.lines.some(({ request, code }) => request === error.requestId && code === error.code),
      error.code,
    );
    return [error.code, error.kind, error.status];
  };
  assert.deepEqual(await refused(client.analyze(Uint8Array.of(1, 2, 3))), [
    "vision/image-unknown-format",
    "input",
    415,
  ]);
  assert.deepEqual(await refused(client.predict("none", photograph)), ["operations/missing-model", "missing", 404]);
  assert.deepEqual(await refused(client.protocol.infer("expression", {})), ["server/bad-tensor", "input", 400]);
  assert.deepEqual(await refused(client.analyze([])), ["server/no-file", "input", 400]);
  const stranger = createClient({ baseUrl, key: "wrong", fetch: server.fetch });
  assert.deepEqual(await refused(stranger.models()), ["server/key-needed", "input", 401]);
});

test("a server that stops is not ready; one that does not know a model says so", async () => {
  const other = await startServer({}, heldWorker().start);
  const asking = createClient({ baseUrl, fetch: other.fetch });
  other.drain();
  assert.deepEqual([await asking.ready(), await asking.protocol.ready(), await asking.live()], [false, false, true]);
  await assert.rejects(asking.protocol.modelReady("none"), { status: 404 });
  await other.end();
});

test("a full queue is waited out: asked again after as long as the server said", async () => {
  const worker = heldWorker();
  const busy = await startServer({ inference: { workers: 1, queue: 1, batch: 1 } }, worker.start);
  const asking = createClient({ baseUrl, fetch: busy.fetch });
  const calls = [];
  const isRefused = () => busy.lines.some(({ status }) => status === 429);
  while (!isRefused() && calls.length < 10) {
    calls.push(asking.detect(Uint8Array.of(1)));
    await sleep(20);
  }
  assert.ok(isRefused());
  const letGo = setInterval(worker.release, 5);
  const answers = await Promise.all(calls);
  clearInterval(letGo);
  assert.ok(answers.every(({ results }) => results.length === 1));
  assert.equal(busy.lines.filter(({ status }) => status === 200).length, calls.length);
  await busy.end();
});

test("a call that is given up rejects at once with the reason, and its work is given up on the server", async () => {
  const worker = heldWorker();
  const held = await startServer({}, worker.start);
  const asking = createClient({ baseUrl, fetch: held.fetch });
  const stop = new AbortController();
  const call = asking.analyze(photograph, { signal: stop.signal });
  while (worker.running.size < 1) await sleep(5);
  const reason = new Error("enough");
  stop.abort(reason);
  await assert.rejects(call, (thrown) => thrown === reason);
  assert.deepEqual(worker.cancelled, worker.running);
  await held.end();
});
