// A contract test written from the published protocol: kserve/open-inference-protocol, specification/protocol/inference_rest.md,
// and triton-inference-server/server, docs/protocol/extension_binary_data.md. Tensors are compared bit for bit with the library.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createNodeContext, type OpenModel, openModel, type Tensor } from "@foveajs/operations";
import { makeFolder, realWorker, type TestServer, testServer } from "../server.test.support.ts";

const HEADER = "Inference-Header-Content-Length";
const SIDE = 44; // of the input of the expression model

let place: Awaited<ReturnType<typeof makeFolder>>;
let worker: ReturnType<typeof realWorker>;
let server: TestServer;
let library: OpenModel;
before(async () => {
  place = await makeFolder();
  worker = realWorker(place.models);
  server = await testServer(place.folder, { startWorker: worker.start });
  const context = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  library = await openModel({ models: context.models(place.models), name: "expression", threads: 1 });
});
after(async () => {
  await server.close({ graceMs: 0 });
  await worker.dispose();
  await library.dispose();
  await place.remove();
});

/** Made-up pictures, [rows, 1, side, side], the same each time. */
const input = (rows: number): Tensor => ({
  dtype: "float32",
  shape: [rows, 1, SIDE, SIDE],
  data: Float32Array.from({ length: rows * SIDE * SIDE }, (_, index) =>
    Math.fround(0.5 + 0.5 * Math.sin(index * 0.7 + rows)),
  ),
});

const ask = (path: string, init: RequestInit = {}) => server.app.request(path, init);
const infer = (body: BodyInit2, headers: Record<string, string> = {}) =>
  ask("/v2/models/expression/infer", { method: "POST", body: body as string, headers });
type BodyInit2 = string | Uint8Array;

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
const expected = async (rows: number) => (await library.run({ image: input(rows) })).expression!.data as Float32Array;
const bits = (data: Float32Array) =>
  Array.from(new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)));

test("server metadata: name, version, extensions", async () => {
  const response = await ask("/v2");
  assert.equal(response.status, 200);
  const { name, version, extensions } = await json(response);
  assert.equal(typeof name, "string");
  assert.equal(typeof version, "string");
  assert.ok((extensions as string[]).includes("binary_tensor_data"));
});

test("health: live, ready, ready of a model with and without version", async () => {
  assert.deepEqual(await json(await ask("/v2/health/live")), { live: true });
  assert.equal((await ask("/v2/health/ready")).status, 200);
  for (const path of ["/v2/models/expression/ready", "/v2/models/expression/versions/1/ready"]) {
    assert.deepEqual(await json(await ask(path)), { name: "expression", ready: true });
  }
});

test("model metadata: name, versions, platform, inputs and outputs with -1 for what varies", async () => {
  for (const path of ["/v2/models/expression", "/v2/models/expression/versions/1"]) {
    assert.deepEqual(await json(await ask(path)), {
      name: "expression",
      versions: ["1"],
      platform: "onnx_onnxv1",
      inputs: [{ name: "image", datatype: "FP32", shape: [-1, 1, SIDE, SIDE] }],
      outputs: [{ name: "expression", datatype: "FP32", shape: [-1, 8] }],
    });
  }
});

test("inference in JSON: the id comes back, shape and datatype are told, numbers are those of the library bit for bit", async () => {
  const { shape, data } = input(2);
  const body = {
    id: "42",
    inputs: [{ name: "image", shape, datatype: "FP32", data: Array.from(data as Float32Array) }],
    outputs: [{ name: "expression" }],
  };
  const response = await infer(JSON.stringify(body), { "content-type": "application/json" });
  assert.equal(response.status, 200, await response.clone().text());
  assert.match(response.headers.get("content-type")!, /^application\/json/);
  assert.equal(response.headers.get(HEADER), null);
  const { id, model_name, outputs } = await json(response);
  assert.equal(id, "42");
  assert.equal(model_name, "expression");
  const [output] = outputs as { name: string; shape: number[]; datatype: string; data: number[] }[];
  assert.deepEqual({ ...output, data: 0 }, { name: "expression", shape: [2, 8], datatype: "FP32", data: 0 });
  assert.deepEqual(bits(Float32Array.from(output!.data)), bits(await expected(2)));
});

for (const wish of ["binary_data_output", "binary_data"] as const) {
  test(`inference in binary, asked for by ${wish}: little-endian after the JSON, bit for bit`, async () => {
    const { shape, data } = input(3);
    const bytes = Buffer.from((data as Float32Array).buffer);
    const head = {
      inputs: [{ name: "image", shape, datatype: "FP32", parameters: { binary_data_size: bytes.length } }],
      ...(wish === "binary_data_output"
        ? { parameters: { binary_data_output: true } }
        : { outputs: [{ name: "expression", parameters: { binary_data: true } }] }),
    };
    const text = Buffer.from(JSON.stringify(head));
    const response = await infer(Buffer.concat([text, bytes]), {
      "content-type": "application/octet-stream",
      [HEADER]: String(text.length),
    });
    assert.equal(response.status, 200, await response.clone().text());
    const length = Number(response.headers.get(HEADER));
    const body = Buffer.from(await response.arrayBuffer());
    const { outputs } = JSON.parse(body.toString("utf8", 0, length)) as {
      outputs: { shape: number[]; parameters: { binary_data_size: number }; data?: unknown }[];
    };
    assert.deepEqual(outputs[0]!.shape, [3, 8]);
    assert.equal(outputs[0]!.data, undefined);
    assert.equal(outputs[0]!.parameters.binary_data_size, body.length - length);
    const got = Float32Array.from({ length: 24 }, (_, index) => body.readFloatLE(length + 4 * index));
    assert.deepEqual(bits(got), bits(await expected(3)));
  });
}

test("an output's own wish overrides that of the request", async () => {
  const { shape, data } = input(1);
  const response = await infer(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: "image", shape, datatype: "FP32", data: Array.from(data as Float32Array) }],
      outputs: [{ name: "expression", parameters: { binary_data: false } }],
    }),
  );
  const { outputs } = await json(response);
  assert.equal((outputs as { data: number[] }[])[0]!.data.length, 8);
});

const valid = {
  name: "image",
  shape: [1, 1, SIDE, SIDE],
  datatype: "FP32",
  data: Array.from(input(1).data as Float32Array),
};
const failures: readonly [string, string, unknown, number][] = [
  ["a model that there is not", "/v2/models/none/infer", { inputs: [valid] }, 404],
  ["a version that there is not", "/v2/models/expression/versions/2/infer", { inputs: [valid] }, 400],
  ["another name of an input", "/v2/models/expression/infer", { inputs: [{ ...valid, name: "picture" }] }, 400],
  ["another datatype", "/v2/models/expression/infer", { inputs: [{ ...valid, datatype: "FP64" }] }, 400],
  ["another shape", "/v2/models/expression/infer", { inputs: [{ ...valid, shape: [1, SIDE, SIDE, 1] }] }, 400],
  ["no rows", "/v2/models/expression/infer", { inputs: [{ ...valid, shape: [0, 1, SIDE, SIDE], data: [] }] }, 400],
  ["an output that there is not", "/v2/models/expression/infer", { inputs: [valid], outputs: [{ name: "x" }] }, 400],
  ["no inputs", "/v2/models/expression/infer", {}, 400],
];
for (const [name, path, body, status] of failures) {
  test(`an error is an object with a sentence under "error": ${name}`, async () => {
    const response = await ask(path, { method: "POST", body: JSON.stringify(body) });
    assert.equal(response.status, status);
    assert.match(response.headers.get("content-type")!, /^application\/json/);
    assert.equal(typeof (await json(response)).error, "string");
  });
}
