// Expected bytes by hand from the binary tensor data extension (triton-inference-server/server,
// docs/protocol/extension_binary_data.md): JSON, then each tensor little-endian; BYTES with lengths of 4 bytes.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readInferResponse, writeInferRequest } from "./message.ts";
import { type DataType, dataTypes, sizeOf, type Tensor } from "./tensor.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** A response with these tensors, whose bytes are given. */
function response(tensors: readonly { name: string; datatype: string; shape: number[]; bytes: Uint8Array }[]) {
  const outputs = tensors.map(({ bytes, ...rest }) => ({ ...rest, parameters: { binary_data_size: bytes.length } }));
  const json = Buffer.from(JSON.stringify({ model_name: "m", outputs }));
  const body = Buffer.concat([json, ...tensors.map(({ bytes }) => bytes)]);
  return readInferResponse(body, { jsonLength: String(json.length), what: "w" });
}

test("a request: JSON that tells each tensor, then their bytes in the same order", () => {
  const { body, jsonLength } = writeInferRequest(
    {
      a: { dtype: "float32", shape: [2], data: Float32Array.of(1, Number.NaN) },
      b: { dtype: "string", shape: [1, 2], data: ["é", ""] },
      c: { dtype: "int64", shape: [1], data: BigInt64Array.of(-2n) },
    },
    ["y"],
  );
  assert.deepEqual(JSON.parse(Buffer.from(body.subarray(0, jsonLength)).toString()), {
    parameters: { binary_data_output: true },
    inputs: [
      { name: "a", datatype: "FP32", shape: [2], parameters: { binary_data_size: 8 } },
      { name: "b", datatype: "BYTES", shape: [1, 2], parameters: { binary_data_size: 10 } },
      { name: "c", datatype: "INT64", shape: [1], parameters: { binary_data_size: 8 } },
    ],
    outputs: [{ name: "y" }],
  });
  assert.equal(hex(body.subarray(jsonLength)), "0000803f0000c07f" + "02000000c3a900000000" + "feffffffffffffff");
});

const dtypes = Object.keys(dataTypes) as DataType[];
for (const dtype of dtypes) {
  test(`${dtype}: what is sent comes back bit for bit, at any place of a message`, () => {
    const { datatype, array } = dataTypes[dtype];
    const tensor = fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
      const length = sizeOf(shape);
      if (array === undefined) {
        return fc
          .array(fc.string({ unit: "grapheme" }), { minLength: length, maxLength: length })
          .map((data): Tensor => ({ dtype, shape, data }));
      }
      const size = length * array.BYTES_PER_ELEMENT;
      return fc
        .uint8Array({ minLength: size, maxLength: size })
        .map((bytes): Tensor => ({ dtype, shape, data: new array(bytes.slice().buffer) }));
    });
    fc.assert(
      fc.property(tensor, fc.string({ maxLength: 5 }), (sent, name) => {
        const { body, jsonLength } = writeInferRequest({ [`t${name}`]: sent }, undefined);
        const bytes = body.subarray(jsonLength);
        const got = response([{ name: "y", datatype, shape: [...sent.shape], bytes }]).y!;
        assert.deepEqual([got.dtype, got.shape], [dtype, sent.shape]);
        assert.equal(got.data.constructor, sent.data.constructor);
        const again = writeInferRequest({ y: got }, undefined);
        assert.equal(hex(again.body.subarray(again.jsonLength)), hex(bytes));
      }),
    );
  });
}

const wrong: readonly [string, unknown, RegExp][] = [
  ["too few elements", { dtype: "float32", shape: [3], data: new Float32Array(2) }, /3 elements.*received 2/],
  [
    "the array of another dtype",
    { dtype: "float32", shape: [2], data: new Float64Array(2) },
    /Float32Array.*Float64Array/,
  ],
  ["numbers in a list", { dtype: "float32", shape: [2], data: [1, 2] }, /Float32Array.*a list/],
  ["texts in an array", { dtype: "string", shape: [1], data: new Uint8Array(1) }, /list of texts/],
  ["a dtype that there is not", { dtype: "FP32", shape: [1], data: new Float32Array(1) }, /float32.*received FP32/],
];
for (const [name, tensor, message] of wrong) {
  test(`${name} are refused before anything is sent`, () => {
    assert.throws(() => writeInferRequest({ x: tensor as Tensor }, undefined), { code: "client/bad-tensor", message });
  });
}

test("answers that do not keep to the protocol are told as such", () => {
  const bytes = new Uint8Array(4);
  const bad = (run: () => unknown) => assert.throws(run, { code: "client/bad-answer" });
  bad(() => response([{ name: "y", datatype: "FP32", shape: [2], bytes }]));
  bad(() => response([{ name: "y", datatype: "FP8", shape: [4], bytes }]));
  bad(() => response([{ name: "y", datatype: "BYTES", shape: [1], bytes: Uint8Array.of(9, 0, 0, 0) }]));
  bad(() => readInferResponse(Buffer.from("{}"), { jsonLength: "3", what: "w" }));
  bad(() => readInferResponse(Buffer.from("{}"), { jsonLength: "x", what: "w" }));
  for (const text of ["", "null", "{}", '{"outputs": [{"name": "y", "datatype": "FP32", "shape": [1], "data": [1]}]}'])
    bad(() => readInferResponse(Buffer.from(text), { jsonLength: null, what: "w" }));
});
