// The example with UINT32 and BOOL is that of the binary tensor data extension (triton-inference-server/server,
// docs/protocol/extension_binary_data.md): 16 and 3 bytes after the JSON. Bytes by hand; round trips by property.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tensor } from "@foveajs/operations";
import fc from "fast-check";
import { datatypes } from "./datatypes.ts";
import { readInferRequest, readInferResponse, writeMessage } from "./messages.ts";
import { bytesOfTensor } from "./tensor-binary.ts";

const jsonOnly = (value: unknown) => ({ body: Buffer.from(JSON.stringify(value)), jsonLength: undefined });

test("the request of the extension's example is read", () => {
  const json = Buffer.from(
    JSON.stringify({
      model_name: "mymodel",
      inputs: [
        { name: "input0", shape: [2, 2], datatype: "UINT32", parameters: { binary_data_size: 16 } },
        { name: "input1", shape: [3], datatype: "BOOL", parameters: { binary_data_size: 3 } },
      ],
      outputs: [{ name: "output0", parameters: { binary_data: true } }],
    }),
  );
  const data = Buffer.from("01000000020000000300000004000000" + "010001", "hex");
  const request = readInferRequest({ body: Buffer.concat([json, data]), jsonLength: json.length });
  assert.deepEqual(request.feeds.input0, { dtype: "uint32", shape: [2, 2], data: Uint32Array.of(1, 2, 3, 4) });
  assert.deepEqual(request.feeds.input1, { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) });
  assert.deepEqual(request.outputs, [{ name: "output0", binary: true }]);
});

test("JSON data may be flat or nested; BYTES are texts with their lengths in binary", () => {
  for (const data of [
    [1, 2, 3, 4],
    [
      [1, 2],
      [3, 4],
    ],
  ]) {
    const { feeds } = readInferRequest(jsonOnly({ inputs: [{ name: "x", shape: [2, 2], datatype: "INT64", data }] }));
    assert.deepEqual(feeds.x!.data, BigInt64Array.of(1n, 2n, 3n, 4n));
  }
  const texts: Tensor = { dtype: "string", shape: [2], data: ["é", ""] };
  assert.equal(Buffer.from(bytesOfTensor(texts)).toString("hex"), "02000000c3a900000000");
});

test("every element type survives the way in binary, bit for bit", () => {
  const types = Object.entries(datatypes).filter(([, { create }]) => create);
  const tensor = fc.constantFrom(...types).chain(([, { dtype, bytes, create }]) =>
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) =>
      fc.uint8Array({ minLength: rows * columns * bytes!, maxLength: rows * columns * bytes! }).map((raw): Tensor => {
        const bits = dtype === "bool" ? raw.map((byte) => byte & 1) : raw;
        return { dtype, shape: [rows, columns], data: create!(new Uint8Array(bits).buffer) };
      }),
    ),
  );
  fc.assert(
    fc.property(fc.array(tensor, { minLength: 1, maxLength: 4 }), (tensors) => {
      const named = tensors.map((one, index) => ({ name: `t${index}`, tensor: one, binary: true }));
      const read = readInferResponse(writeMessage({ id: "1" }, "outputs", named));
      tensors.forEach((sent, index) => {
        const got = read[`t${index}`]!;
        assert.deepEqual([got.dtype, got.shape], [sent.dtype, sent.shape]);
        assert.deepEqual(bytesOfTensor(got), Uint8Array.from(bytesOfTensor(sent)));
      });
    }),
  );
});

test("float32 survives the way in JSON, bit for bit", () => {
  const bits = fc.uint32Array({ minLength: 1, maxLength: 50 }).map((raw) => new Float32Array(raw.buffer.slice(0)));
  fc.assert(
    fc.property(bits, (data) => {
      fc.pre(data.every(Number.isFinite));
      const message = writeMessage({}, "outputs", [
        { name: "x", tensor: { dtype: "float32", shape: [data.length], data }, binary: false },
      ]);
      assert.equal(message.jsonLength, undefined);
      const got = readInferResponse(message).x!.data as Float32Array;
      // JSON has no negative zero of its own, but writes it as 0
      assert.deepEqual(
        Array.from(got, (value) => value + 0),
        Array.from(data, (value) => value + 0),
      );
    }),
  );
});

test("what JSON cannot carry exactly is refused", () => {
  const data = Float32Array.of(Number.NaN);
  const write = () =>
    writeMessage({}, "outputs", [{ name: "x", tensor: { dtype: "float32", shape: [1], data }, binary: false }]);
  assert.throws(write, { code: "server/bad-tensor" });
  const big = { inputs: [{ name: "x", shape: [1], datatype: "INT64", data: [2 ** 60] }] };
  assert.throws(() => readInferRequest(jsonOnly(big)), { code: "server/bad-tensor" });
});

const wrong: readonly [string, unknown][] = [
  ["no inputs", {}],
  ["too few elements", { inputs: [{ name: "x", shape: [2], datatype: "FP32", data: [1] }] }],
  ["too many elements", { inputs: [{ name: "x", shape: [2], datatype: "FP32", data: [1, 2, 3] }] }],
  ["an unknown type", { inputs: [{ name: "x", shape: [1], datatype: "toString", data: [1] }] }],
  ["a text among numbers", { inputs: [{ name: "x", shape: [1], datatype: "FP32", data: ["1"] }] }],
  ["an integer out of range", { inputs: [{ name: "x", shape: [1], datatype: "UINT8", data: [256] }] }],
  ["a fraction as an integer", { inputs: [{ name: "x", shape: [1], datatype: "INT32", data: [0.5] }] }],
  ["a negative extent", { inputs: [{ name: "x", shape: [-1], datatype: "FP32", data: [] }] }],
  [
    "a shape that no memory holds",
    { inputs: [{ name: "x", shape: [2 ** 30, 2 ** 30, 8], datatype: "FP32", data: [1] }] },
  ],
  ["a name twice", { inputs: [1, 2].map((value) => ({ name: "x", shape: [1], datatype: "FP32", data: [value] })) }],
  [
    "binary data that is not there",
    { inputs: [{ name: "x", shape: [1], datatype: "FP32", parameters: { binary_data_size: 4 } }] },
  ],
  ["half precision in JSON", { inputs: [{ name: "x", shape: [1], datatype: "FP16", data: [1] }] }],
];
for (const [name, value] of wrong) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readInferRequest(jsonOnly(value)), { code: "server/bad-tensor" });
  });
}

test("refused: a header that says more JSON than there is, bytes left over, JSON nested beyond measure", () => {
  const body = Buffer.from('{"inputs":[]}');
  assert.throws(() => readInferRequest({ body, jsonLength: 100 }), { code: "server/bad-request" });
  const one = Buffer.from(JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] }));
  const more = { body: Buffer.concat([one, Buffer.alloc(4)]), jsonLength: one.length };
  assert.throws(() => readInferRequest(more), { code: "server/bad-tensor" });
  const depth = 5000;
  const deep = `{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":${"[".repeat(depth)}1${"]".repeat(depth)}}]}`;
  assert.equal(readInferRequest({ body: Buffer.from(deep), jsonLength: undefined }).feeds.x!.data[0], 1);
});
