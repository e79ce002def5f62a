import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import { filled, float32, int64 } from "../ir/tensors.ts";
import type { Graph, Node, Tensor } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { fromHalf, toHalf } from "../passes/half-precision.ts";
import { prepareForeign } from "./prepare-foreign.ts";

const halves = (shape: readonly number[], values: readonly number[]): Tensor => ({
  dtype: "float16",
  shape,
  data: Uint16Array.from(values, (value) => toHalf(value)),
});

const graphOf = (make: (build: Build) => void): Graph => {
  const build = createBuilder({ opset: 17, name: "foreign" });
  make(build);
  return build.build();
};

test("half precision: numbers of IEEE 754 binary16", () => {
  // examples of the standard's encoding: 1, -2, the largest, the smallest normal and subnormal, infinities, not a number
  const bits = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0xfc00, 0x8000];
  assert.deepEqual(bits.map(fromHalf), [1, -2, 65504, 2 ** -14, 2 ** -24, Infinity, -Infinity, -0]);
  assert.ok(Number.isNaN(fromHalf(0x7e00)));
});

test("weights in half precision and quantized ones become float32 parameters; outputs stay", async () => {
  const graph = graphOf((build) => {
    const x = build.input("x", ["N", 3]);
    const half = build.constant(halves([3, 2], [0.5, -1.25, 2, 0.75, -0.375, 1]), "half");
    const w = build.cast(half, "float32");
    const y = build.relu(build.matMul(x, w));
    build.output(y, "y");
  });
  const quantized: Graph = {
    ...graph,
    outputs: [{ name: "z", dtype: "float32", shape: ["N", 2] }],
    initializers: new Map([
      ...graph.initializers,
      ["q", { dtype: "int8", shape: [2, 2], data: Int8Array.of(3, -4, 5, 100) }],
      ["scale", float32([2], [0.5, 0.25])],
      ["zero", { dtype: "int8", shape: [2], data: Int8Array.of(1, -2) }],
    ]),
    nodes: [
      ...graph.nodes,
      {
        name: "dq",
        domain: "",
        op: "DequantizeLinear",
        inputs: ["q", "scale", "zero"],
        outputs: ["v"],
        attributes: { axis: attribute.int(1) },
      },
      { name: "last", domain: "", op: "MatMul", inputs: ["y", "v"], outputs: ["z"], attributes: {} },
    ],
  };
  const { graph: made, parameters } = prepareForeign(quantized, { extents: { N: 2 } });
  assert.deepEqual([...parameters].sort(), ["v", graph.nodes[0]!.outputs[0]!].sort());
  // (q - zero) scale by columns, by hand
  assert.deepEqual([...elementsOf(made.initializers.get("v")!)], [1, -0.5, 2, 25.5]);
  const feeds = { x: seededRandom(1).tensor([2, 3]) };
  const [before, after] = [await runGraph(quantized, feeds), await runGraph(made, feeds)];
  // onnxruntime multiplies by the integers in an order of its own
  assert.ok(relativeError(elementsOf(after.z!), elementsOf(before.z!)) < 1e-5);
});

test("a graph is cut in front of what nothing here knows; what that reads becomes an output", () => {
  const graph = graphOf((build) => {
    const x = build.input("x", [1, 4]);
    const scores = build.sigmoid(build.matMul(x, build.constant(filled([4, 5], 0.1), "w")));
    build.output(scores, "scores");
  });
  const node = (op: string, inputs: string[], outputs: string[]): Node => ({
    name: op,
    domain: "made.up",
    op,
    inputs,
    outputs,
    attributes: {},
  });
  const extended: Graph = {
    ...graph,
    opsets: { ...graph.opsets, "made.up": 1 },
    outputs: [{ name: "kept", dtype: "float32", shape: undefined }],
    nodes: [...graph.nodes, node("Suppress", ["scores"], ["few"]), node("Sort", ["few"], ["kept"])],
  };
  const { graph: made, parameters, cut } = prepareForeign(extended);
  assert.deepEqual(parameters, ["w"]);
  assert.equal(made.outputs.length, 1);
  assert.deepEqual(made.outputs[0]!.shape, [1, 5]);
  assert.deepEqual(
    cut.map(({ op, fault }) => [op, fault.code]),
    [
      ["Suppress", "graph/unknown-operator"],
      ["Sort", "graph/unknown-operator"],
    ],
  );
});

test("what stays frozen says why: behind an operator without a gradient, statistics, tables, unread weights", () => {
  const graph = graphOf((build) => {
    const x = build.input("x", [2, 3, 4, 4]);
    const behind = build.conv(x, build.constant(filled([3, 3, 1, 1], 0.1), "behind"));
    const rounded = build.node("Round", [behind]);
    const table = build.mul(rounded, build.constant(filled([3, 4, 4], 0.5), "table"));
    const normalized = build.batchNormalization(table, {
      scale: build.constant(filled([3], 1.5), "scale"),
      bias: build.constant(filled([3], 0.5), "bias"),
      mean: build.constant(filled([3], 0.25), "mean"),
      variance: build.constant(filled([3], 2), "variance"),
    });
    build.output(build.conv(normalized, build.constant(filled([2, 3, 1, 1], 0.2), "free")), "y");
  });
  const frozen = prepareForeign(graph);
  assert.deepEqual(frozen.parameters, ["free"]);
  const reasons = Object.fromEntries(frozen.frozen.map(({ name, reason }) => [name, reason]));
  assert.match(reasons.behind!, /Round/);
  assert.match(reasons.mean!, /statistic/);
  assert.match(reasons.table!, /table/);
  assert.match(reasons.scale!, /frozen/);
  assert.deepEqual([...prepareForeign(graph, { normalization: "trained" }).parameters].sort(), [
    "bias",
    "free",
    "scale",
  ]);
});

test("nothing to train, and a batch that cannot be changed, are errors that say why", () => {
  const stopped = graphOf((build) => {
    const product = build.matMul(build.input("x", [1, 4]), build.constant(filled([4, 4], 1), "w"));
    build.output(build.node("Round", [product]), "y");
  });
  assert.throws(() => prepareForeign(stopped), { code: "graph/nothing-trainable", message: /Round/ });
  const mixing = graphOf((build) => {
    const x = build.input("x", [1, 4]);
    const product = build.matMul(x, build.constant(filled([4, 4], 1), "w"));
    build.output(build.reduceSum(product, { axes: [0], keepDims: false }), "y");
  });
  assert.throws(() => prepareForeign(mixing, { batch: 3 }), { code: "graph/batch-fixed", message: /"y"/ });
  assert.throws(() => prepareForeign(mixing, { batch: 0 }), { code: "graph/dimension-extent" });
});

test("the 1 in front of a stated shape follows the batch", async () => {
  const graph = graphOf((build) => {
    const x = build.input("x", [1, 2, 3]);
    const flat = build.node("Reshape", [x, build.constant(int64([1, -1]))]);
    const product = build.matMul(flat, build.constant(seededRandom(3).tensor([6, 6]), "w"));
    build.output(build.node("Reshape", [product, build.constant(int64([1, 3, 2]))]), "y");
  });
  const { graph: made } = prepareForeign(graph, { batch: 2 });
  assert.deepEqual(made.outputs[0]!.shape, [2, 3, 2]);
  const x = seededRandom(4).tensor([2, 2, 3]);
  const { y } = await runGraph(made, { x });
  for (const sample of [0, 1]) {
    const alone = await runGraph(graph, { x: float32([1, 2, 3], elementsOf(x).subarray(6 * sample, 6 * sample + 6)) });
    assert.ok(relativeError(elementsOf(y!).subarray(6 * sample, 6 * sample + 6), elementsOf(alone.y!)) < 1e-6);
  }
});

test("a model in half precision is trained in single precision: its inputs and outputs too", async () => {
  const node = (op: string, inputs: string[], outputs: string[], attributes: Node["attributes"] = {}): Node => ({
    name: op,
    domain: "",
    op,
    inputs,
    outputs,
    attributes,
  });
  const graph: Graph = {
    name: "half",
    opsets: { "": 17 },
    inputs: [{ name: "x", dtype: "float16", shape: [1, 3] }],
    outputs: [{ name: "y", dtype: "float16", shape: [1, 2] }],
    nodes: [
      node("MatMul", ["x", "w"], ["a"]),
      node("Cast", ["a"], ["b"], { to: attribute.int(10) }), // TensorProto.DataType.FLOAT16
      node("Relu", ["b"], ["y"]),
    ],
    initializers: new Map([["w", halves([3, 2], [0.5, -1.25, 2, 0.75, -0.375, 1])]]),
    metadata: {},
  };
  const { graph: made, parameters } = prepareForeign(graph);
  assert.deepEqual([parameters, made.inputs[0]!.dtype, made.outputs[0]!.dtype], [["w"], "float32", "float32"]);
  const { y } = await runGraph(made, { x: float32([1, 3], [1, 2, 4]) });
  // by hand: 0.5 + 4 - 1.5 and -1.25 + 1.5 + 4
  assert.deepEqual([...elementsOf(y!)], [3, 4.25]);
});
