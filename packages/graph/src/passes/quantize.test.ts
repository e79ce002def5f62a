import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { elementsOf, type Feeds, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { attribute } from "../ir/attributes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Node, Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { createCalibration, exposeValues } from "./calibration.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldNormalization } from "./fold-normalization.ts";
import { activationScale, quantize, quantizedValues } from "./quantize.ts";

/** The graph in 8 bits, calibrated on the feeds by min and max. */
async function quantizedOn(graph: Graph, all: readonly Feeds[], weightBits: 7 | 8 = 7): Promise<Graph> {
  const names = quantizedValues(graph);
  const calibration = createCalibration(names);
  for (const feeds of all) calibration.update({ ...feeds, ...(await runGraph(exposeValues(graph, names), feeds)) });
  return quantize(graph, { ranges: calibration.ranges(), weightBits });
}

/** Two convolutions, one behind a Relu, a sum and a fully connected layer. */
function network(): { readonly graph: Graph; readonly feeds: Feeds } {
  const random = seededRandom(21);
  const build = createBuilder();
  const x = build.input("x", [1, 3, 8, 8]);
  const pads = { pads: attribute.ints([1, 1, 1, 1]) };
  const weights = (shape: number[]) => build.constant(random.tensor(shape, -0.3, 0.3));
  const first = build.relu(build.node("Conv", [x, weights([8, 3, 3, 3]), weights([8])], { attributes: pads }));
  const second = build.node("Conv", [first, weights([8, 8, 3, 3])], { attributes: pads });
  const sum = build.relu(build.add(first, second));
  const pooled = build.flatten(build.globalAveragePool(sum));
  build.output(build.node("Gemm", [pooled, weights([8, 5]), weights([5])]), "y");
  return { graph: foldConstants(build.build()), feeds: { x: random.tensor([1, 3, 8, 8]) } };
}

test("scales hold 0 exactly: by hand for one-sided, two-sided and empty ranges", () => {
  assert.deepEqual(activationScale([0, 2.55]), { scale: Math.fround(0.01), zero: 0 });
  assert.deepEqual(activationScale([-1, 1.55]), { scale: Math.fround(0.01), zero: 100 });
  assert.deepEqual(activationScale([-2.55, -1]), { scale: Math.fround(0.01), zero: 255 });
  assert.deepEqual(activationScale([0, 0]), { scale: 1, zero: 0 });
});

test("weights are quantized as onnxruntime's QuantizeLinear does it, channel by channel", async () => {
  const random = seededRandom(8);
  const weight = random.tensor([6, 2, 3, 3]);
  (weight.data as Float32Array).fill(0, 18, 36); // a channel of zeros
  const build = createBuilder();
  const conv = build.node("Conv", [build.input("x", [1, 2, 5, 5]), build.constant(weight, "w")]);
  build.output(build.relu(conv), "y");
  for (const [bits, limit] of [
    [7, 63],
    [8, 127],
  ] as const) {
    const graph = quantize(foldConstants(build.build()), { ranges: new Map([["x", [-1, 1]]]), weightBits: bits });
    const dequantize = graph.nodes.find(({ op, attributes }) => op === "DequantizeLinear" && attributes.axis)!;
    const [quantized, scales] = dequantize.inputs.map((name) => graph.initializers.get(name)!);
    assert.equal(Math.max(...Array.from(quantized!.data as Int8Array, Math.abs)), limit);
    const axis = { axis: attribute.int(0) };
    const zero: Tensor = { dtype: "int8", shape: [6], data: new Int8Array(6) };
    const nodeOf = (op: string, inputs: readonly string[], output: string): Node => ({
      name: op,
      domain: "",
      op,
      inputs,
      outputs: [output],
      attributes: axis,
    });
    const reference = graphOf(
      [nodeOf("QuantizeLinear", ["w", "s", "z"], "q"), nodeOf("DequantizeLinear", ["q", "s", "z"], "y")],
      { s: scales!, z: zero },
    );
    const ours = graphOf([nodeOf("DequantizeLinear", ["q", "s"], "y")], { q: quantized!, s: scales! });
    const expected = await runGraph(
      { ...reference, inputs: [{ name: "w", dtype: "float32", shape: [6, 2, 3, 3] }] },
      { w: weight },
    );
    const received = await runGraph(ours, {});
    assert.deepEqual(elementsOf(received.y!), elementsOf(expected.y!));
    // half a step of each channel, and rounding
    (weight.data as Float32Array).forEach((value, index) => {
      const step = (scales!.data as Float32Array)[Math.floor(index / 18)]!;
      assert.ok(Math.abs(elementsOf(received.y!)[index]! - value) <= step * 0.5001);
    });
  }
});

/** A graph that onnxruntime runs, of operators for which there is no builder. */
const graphOf = (nodes: readonly Node[], initializers: Readonly<Record<string, Tensor>>): Graph => ({
  name: "reference",
  opsets: { "": 21 },
  inputs: [],
  outputs: [{ name: "y", dtype: "float32", shape: [6, 2, 3, 3] }],
  nodes,
  initializers: new Map(Object.entries(initializers)),
  metadata: {},
});

test("biases are int32 in the product of both scales", async () => {
  const { graph, feeds } = network();
  const small = await quantizedOn(graph, [feeds]);
  const layer = small.nodes.find(({ op }) => op === "Conv")!;
  const producer = (name: string) => small.nodes.find(({ outputs }) => outputs[0] === name)!;
  const [input, weight, bias] = layer.inputs.map((name) =>
    producer(name).inputs.map((operand) => small.initializers.get(operand)),
  );
  assert.equal(bias![0]!.dtype, "int32");
  const inputScale = (input![1]!.data as Float32Array)[0]!;
  (weight![1]!.data as Float32Array).forEach((scale, channel) => {
    assert.equal((bias![1]!.data as Float32Array)[channel], Math.fround(scale * inputScale));
  });
});

test("every layer's operands come from DequantizeLinear; onnxruntime computes the same with its 8-bit kernels as without", async () => {
  const { graph, feeds } = network();
  const small = await quantizedOn(graph, [feeds]);
  const makers = new Map(small.nodes.map((node) => [node.outputs[0]!, node.op]));
  for (const { op, inputs } of small.nodes) {
    if (op !== "Conv" && op !== "Gemm") continue;
    for (const input of inputs) assert.equal(makers.get(input), "DequantizeLinear", `${op} ${input}`);
  }
  const expected = elementsOf((await runGraph(graph, feeds)).y!);
  const fused = await runAt(small, feeds, "all");
  const plain = await runAt(small, feeds, "disabled");
  // other places of rounding: a step or two of the last activations
  assert.ok(relativeError(fused, plain) < 0.02, "kernels");
  assert.ok(relativeError(fused, expected) < 0.05, "original");
});

test("onnxruntime takes every convolution of it into 8-bit kernels", async () => {
  const { graph, feeds } = network();
  const folder = mkdtempSync(join(tmpdir(), "fovea-quantize-"));
  const optimizedModelFilePath = join(folder, "optimized.onnx");
  const bytes = writeOnnx(await quantizedOn(graph, [feeds]));
  const options = { optimizedModelFilePath, graphOptimizationLevel: "extended", logSeverityLevel: 3 } as const;
  await (await InferenceSession.create(bytes, options)).release();
  const ops = readOnnx(readFileSync(optimizedModelFilePath)).nodes.map(({ op }) => op);
  rmSync(folder, { recursive: true });
  assert.equal(ops.filter((op) => op === "QLinearConv").length, 2);
  assert.ok(!ops.includes("Conv"), ops.join(" "));
});

async function runAt(graph: Graph, feeds: Feeds, graphOptimizationLevel: "all" | "disabled"): Promise<Float32Array> {
  const session = await InferenceSession.create(writeOnnx(graph), {
    intraOpNumThreads: 1,
    graphOptimizationLevel,
    logSeverityLevel: 3,
  });
  const { x } = feeds as { x: Tensor };
  const { y } = await session.run({ x: new OnnxTensor("float32", x.data as Float32Array, x.shape) });
  await session.release();
  return y!.data as Float32Array;
}

test("a limit behind a layer takes its 8 bits, so that they are not spent on what is cut off", () => {
  for (const op of ["Relu", "Clip"] as const) {
    const build = createBuilder();
    const conv = () => build.constant(seededRandom(1).tensor([4, 4, 1, 1]));
    const first = build.node("Conv", [build.input("x", [1, 4, 3, 3]), conv()]);
    const bounds = op === "Relu" ? [] : [0, 6].map((value) => build.constant(float32([], [value])));
    const limited = build.node(op, [first, ...bounds]);
    build.output(build.neg(build.node("Conv", [limited, conv()], { outputs: ["last"] })), "y");
    assert.deepEqual(quantizedValues(build.build()), ["x", limited.name, "last"], op);
  }
});

test("values without a range, layers of computed weights and of other forms of Gemm stay in float32", () => {
  const build = createBuilder();
  const x = build.input("x", [2, 3]);
  const w = build.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]));
  build.output(build.node("Gemm", [x, w], { attributes: { alpha: attribute.float(2) } }), "a");
  build.output(build.node("Gemm", [x, build.input("v", [3, 2])]), "b");
  const graph = foldConstants(build.build());
  assert.deepEqual(quantizedValues(graph), []);
  assert.deepEqual(
    quantize(graph, { ranges: new Map([["x", [0, 1]]]) }).nodes.filter(({ op }) => op === "Gemm").length,
    2,
  );
  assert.deepEqual(quantize(network().graph, { ranges: new Map() }).nodes, network().graph.nodes);
});

const models = fileURLToPath(new URL("../../../../models", import.meta.url));

for (const [name, shape] of [
  ["expression", [1, 1, 44, 44]],
  ["face-detector", [1, 3, 64, 96]],
] as const) {
  const file = `${models}/${name}.onnx`;
  test(`${name}: below 30 % of the size, within 15 % on noise`, { skip: !existsSync(file) && file }, async () => {
    const graph = foldNormalization(foldConstants({ ...readOnnx(readFileSync(file)), metadata: {} }));
    const random = seededRandom(2);
    const noise = Array.from({ length: 4 }, () => ({ image: random.tensor(shape, 0, 1) }));
    const small = await quantizedOn(graph, noise);
    assert.ok(writeOnnx(small).length < 0.3 * writeOnnx(graph).length);
    const [before, after] = [await runGraph(graph, noise[0]!), await runGraph(small, noise[0]!)];
    for (const { name: output } of graph.outputs) {
      // a step of 1/255 of the range in each of up to 40 layers; noise is further from what they know than any picture
      assert.ok(relativeError(elementsOf(after[output]!), elementsOf(before[output]!)) < 0.15, output);
    }
  });
}
