import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { attribute } from "../ir/attributes.ts";
import { float32 } from "../ir/tensors.ts";
import type { DataType, Graph, Node } from "../ir/types.ts";
import { readOnnx } from "./read-onnx.ts";
import { writeOnnx } from "./write-onnx.ts";

// Made by fixtures/make_golden.py with the onnx package (1.12.0), whose checker accepts both models.
const golden = JSON.parse(readFileSync(new URL("../../src/format/fixtures/golden.json", import.meta.url), "utf8")) as {
  readonly written: string;
  readonly typed: string;
  readonly values: Record<string, { dtype: string; shape: number[]; elements: string[] }>;
};

const opsets = { "": 17, "made.up": 1 };

const branch = (name: string, op: string): Graph => ({
  name,
  opsets,
  inputs: [],
  outputs: [{ name, dtype: "float32", shape: ["N", 2] }],
  nodes: [{ name: `${name}_node`, domain: "", op, inputs: ["x"], outputs: [name], attributes: {} }],
  initializers: new Map(),
  metadata: {},
});

const node = (
  name: string,
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Node["attributes"],
  domain = "",
): Node => ({
  name,
  domain,
  op,
  inputs,
  outputs,
  attributes,
});

/** The same model as written() in make_golden.py, where attributes are sorted by name. */
const tiny: Graph = {
  name: "tiny",
  opsets,
  inputs: [
    { name: "x", dtype: "float32", shape: ["N", 2] },
    { name: "flag", dtype: "bool", shape: [] },
  ],
  outputs: [
    { name: "chosen", dtype: "float32", shape: ["N", 2] },
    { name: "r", dtype: "float16", shape: [] },
  ],
  nodes: [
    node("bias", "Constant", [], ["b"], { value: attribute.tensor(float32([], [0.5])) }),
    node("gemm", "Gemm", ["x", "weight", "b"], ["g"], {
      alpha: attribute.float(Math.fround(0.1)),
      transB: attribute.int(1),
    }),
    node("if", "If", ["flag"], ["chosen"], {
      else_branch: attribute.graph(branch("no", "Neg")),
      then_branch: attribute.graph(branch("yes", "Relu")),
    }),
    node(
      "odd",
      "Resize",
      ["g", "", "", "ends"],
      ["r", ""],
      {
        far: attribute.int(2 ** 63), // the largest int64
        floats: attribute.floats([0.5, -0.25]),
        ints: attribute.ints([-1, 0, 300]),
        low: attribute.int(-(2 ** 63)),
        minus: attribute.int(-3),
        mode: attribute.string("nearest"),
        strings: attribute.strings(["a", ""]),
      },
      "made.up",
    ),
  ],
  initializers: new Map([
    ["weight", float32([2, 2], [1.5, -2.25, 1e-45, -0])],
    ["ends", { dtype: "int64", shape: [3], data: BigInt64Array.of(-1n, 2n ** 63n - 1n, -(2n ** 63n)) }],
    ["labels", { dtype: "string", shape: [2], data: ["ja", "né"] }],
  ]),
  metadata: { "fovea.card": '{"task":"é"}' },
};

test("writeOnnx gives the bytes that Python's onnx gives", () => {
  assert.equal(Buffer.from(writeOnnx(tiny)).toString("hex"), Buffer.from(golden.written, "base64").toString("hex"));
});

test("readOnnx gives back the graph that Python's onnx wrote", () => {
  assert.deepStrictEqual(readOnnx(Buffer.from(golden.written, "base64")), tiny);
});

const dtypes: Record<string, DataType> = {
  FLOAT: "float32",
  DOUBLE: "float64",
  INT8: "int8",
  UINT8: "uint8",
  INT16: "int16",
  UINT16: "uint16",
  INT32: "int32",
  INT64: "int64",
  UINT32: "uint32",
  UINT64: "uint64",
  BOOL: "bool",
  FLOAT16: "float16",
  BFLOAT16: "bfloat16",
  STRING: "string",
};

test("tensors of every element type are read from their typed fields", () => {
  const { initializers } = readOnnx(Buffer.from(golden.typed, "base64"));
  assert.deepEqual([...initializers.keys()], Object.keys(golden.values));
  const inWords = (value: number | bigint | string, dtype: DataType) =>
    typeof value === "number" && dtype.startsWith("float") && dtype !== "float16" ? value : String(value);
  for (const [name, expected] of Object.entries(golden.values)) {
    const { dtype, shape, data } = initializers.get(name)!;
    assert.equal(dtype, dtypes[expected.dtype], name);
    assert.deepEqual(shape, expected.shape, name);
    const elements = Array.from<number | bigint | string>(data).map((value) => inWords(value, dtype));
    const isFloat = dtype === "float32" || dtype === "float64";
    assert.deepEqual(
      elements,
      isFloat ? expected.elements.map((e) => Number(e.replace("inf", "Infinity"))) : expected.elements,
      name,
    );
  }
});

test('an old model: initializers are no inputs, unnamed dimensions and nodes get names, ai.onnx is the domain ""', () => {
  const graph = readOnnx(Buffer.from(golden.typed, "base64"));
  assert.deepEqual(graph.inputs, [{ name: "x", dtype: "float32", shape: ["batch", 3, "x_2"] }]);
  assert.deepEqual(graph.outputs, [{ name: "v", dtype: "float32", shape: ["batch", 3, "v_2"] }]);
  assert.deepEqual(
    graph.nodes.map(({ name }) => name),
    ["Relu_0_2", "Relu_1", "Relu_0", "Relu_0_3"],
  );
  assert.deepEqual(graph.opsets, { "": 9 });
  assert.deepStrictEqual(readOnnx(writeOnnx(graph)), graph);
});
