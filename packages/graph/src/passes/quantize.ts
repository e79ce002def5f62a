import { attribute, attributesOf } from "../ir/attributes.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Node, Tensor } from "../ir/types.ts";
import { roundHalfToEven } from "./half-precision.ts";
import { prune } from "./prune.ts";
import { countReaders } from "./readers.ts";

/** Least and largest value of an activation that 8 bits must hold. */
export type Range = readonly [low: number, high: number];

/** What is known of the activations, and how many bits a weight has. */
export interface QuantizeOptions {
  /** Ranges of the values that `quantizedValues` names; one without a range stays in float32. */
  readonly ranges: ReadonlyMap<string, Range>;
  /**
   * Bits of the weights. With 8, processors without VNNI or its like (x86 before 2019) add two products of uint8 and int8 in 16 bits,
   * which can overflow in silence; 7, the default, cannot and gives the same numbers everywhere. Source: onnxruntime, "Quantize ONNX models", reduce_range.
   */
  readonly weightBits?: 7 | 8;
}

/** Names of the values that take 8 bits: what convolutions and fully connected layers of constant weights read and give. */
export function quantizedValues(graph: Graph): readonly string[] {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const readers = countReaders(graph);
  const values = graph.nodes
    .filter((node) => axisOf(node, graph) !== undefined)
    .flatMap((node) => {
      const given = resultOf(node, graph, readers);
      // what the graph gives stays in float32
      return [node.inputs[0]!, ...(outputs.has(given) ? [] : [given])];
    });
  return [...new Set(values)];
}

/**
 * Static quantization to 8 bits in the form that every runtime of ONNX knows: QuantizeLinear and DequantizeLinear around Conv and Gemm.
 * Weights are int8, symmetric, with a scale for each output channel; activations uint8 with one scale and zero point; biases int32 in the
 * product of both scales. A runtime without kernels for them computes the same in float32.
 * Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018.
 */
export function quantize(graph: Graph, { ranges, weightBits = 7 }: QuantizeOptions): Graph {
  const wanted = new Map(
    quantizedValues(graph).flatMap((name) => {
      const range = ranges.get(name);
      return range ? [[name, activationScale(range)] as const] : [];
    }),
  );
  const initializers = new Map(graph.initializers);
  const dequantized = (name: string): string => (wanted.has(name) ? `${name}.dequantized` : name);
  const pair = (name: string): Node[] => {
    const scale = wanted.get(name);
    if (!scale) return [];
    const operands = [`${name}.scale`, `${name}.zero`];
    initializers.set(operands[0]!, float32([], [scale.scale]));
    initializers.set(operands[1]!, { dtype: "uint8", shape: [], data: Uint8Array.of(scale.zero) });
    return [
      linear("QuantizeLinear", [name, ...operands], `${name}.quantized`),
      linear("DequantizeLinear", [`${name}.quantized`, ...operands], dequantized(name)),
    ];
  };
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const inputs = node.inputs.map(dequantized);
    const axis = axisOf(node, graph);
    const input = wanted.get(node.inputs[0]!);
    const after = node.outputs.flatMap(pair);
    if (axis === undefined || !input) return [{ ...node, inputs }, ...after];
    const weight = quantizedWeight(graph.initializers.get(node.inputs[1]!)!, axis, weightBits);
    const before = [constant(`${node.name}.weight`, weight.tensor, weight.scales, axis)];
    const bias = node.inputs[2] ? graph.initializers.get(node.inputs[2]) : undefined;
    if (bias) {
      const scales = weight.scales.map((scale) => Math.fround(scale * input.scale));
      before.push(constant(`${node.name}.bias`, quantizedBias(bias, scales), scales, 0));
    }
    const operands = [inputs[0]!, `${node.name}.weight`, ...(bias ? [`${node.name}.bias`] : inputs.slice(2))];
    return [...before, { ...node, inputs: operands }, ...after];
  });
  const first = graph.inputs.flatMap(({ name }) => pair(name));
  return prune({ ...graph, nodes: [...first, ...nodes], initializers });

  /** The DequantizeLinear of a weight, its operands as initializers. */
  function constant(name: string, tensor: Tensor, scales: readonly number[], axis: number): Node {
    initializers.set(`${name}.quantized`, tensor);
    initializers.set(`${name}.scale`, float32([scales.length], scales));
    return linear("DequantizeLinear", [`${name}.quantized`, `${name}.scale`], name, axis);
  }
}

/** Scale and zero point of a range in uint8: 0 is held exactly, as padding and Relu need it. */
export function activationScale([low, high]: Range): { readonly scale: number; readonly zero: number } {
  const [least, largest] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((largest - least) / 255);
  // a value that is always 0 has no extent
  if (!(scale > 0)) return { scale: 1, zero: 0 };
  return { scale, zero: Math.max(0, Math.min(255, roundHalfToEven(-least / scale))) };
}

/** The axis of output channels of a Conv's or Gemm's constant weights; undefined for any other node. */
function axisOf(node: Node, { initializers }: Graph): number | undefined {
  const isConstant = (name: string | undefined) => name !== undefined && initializers.get(name)?.dtype === "float32";
  if (node.domain !== "" || !isConstant(node.inputs[1])) return undefined;
  if (node.inputs[2] && !isConstant(node.inputs[2])) return undefined;
  if (node.op === "Conv") return 0;
  if (node.op !== "Gemm") return undefined;
  const { int, float } = attributesOf(node);
  const channels = initializers.get(node.inputs[1]!)!.shape[int("transB", 0) === 1 ? 0 : 1];
  const isVector = !node.inputs[2] || initializers.get(node.inputs[2])!.shape.join() === String(channels);
  const isPlain = int("transA", 0) === 0 && float("alpha", 1) === 1 && float("beta", 1) === 1;
  return isPlain && isVector ? (int("transB", 0) === 1 ? 0 : 1) : undefined;
}

/** Activations that are limits of the range, which the rounding to 8 bits then sets for nothing. */
const limits: ReadonlySet<string> = new Set(["Relu", "Clip"]);

/** What takes 8 bits after a layer: its output, or that of the limit behind it, whose range is the narrower one. */
function resultOf({ outputs: [output] }: Node, { nodes }: Graph, readers: ReadonlyMap<string, number>): string {
  if (readers.get(output!) !== 1) return output!;
  const limit = nodes.find(({ op, domain, inputs }) => limits.has(op) && domain === "" && inputs[0] === output);
  return limit ? limit.outputs[0]! : output!;
}

/** A weight in int8 with scales [channels] along an axis: w is near scale * q, |q| at most 127, or 63 in 7 bits. */
function quantizedWeight({ shape, data }: Tensor, axis: number, bits: 7 | 8) {
  const inner = sizeOf(shape.slice(axis + 1));
  const channels = shape[axis]!;
  const channelOf = (index: number) => Math.floor(index / inner) % channels;
  const largest = new Float64Array(channels);
  const values = data as Float32Array;
  values.forEach((value, index) => {
    largest[channelOf(index)] = Math.max(largest[channelOf(index)]!, Math.abs(value));
  });
  const limit = 2 ** (bits - 1) - 1;
  const scales = Array.from(largest, (value) => Math.fround(value / limit) || 1);
  const rounded = Int8Array.from(values, (value, index) =>
    Math.max(-limit, Math.min(limit, roundHalfToEven(Math.fround(value / scales[channelOf(index)]!)))),
  );
  return { tensor: { dtype: "int8", shape, data: rounded } satisfies Tensor, scales };
}

const quantizedBias = ({ shape, data }: Tensor, scales: readonly number[]): Tensor => ({
  dtype: "int32",
  shape,
  data: Int32Array.from(data as Float32Array, (value, channel) =>
    Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, roundHalfToEven(value / scales[channel]!))),
  ),
});

const linear = (op: string, inputs: readonly string[], output: string, axis?: number): Node => ({
  name: output,
  domain: "",
  op,
  inputs,
  outputs: [output],
  attributes: axis === undefined ? {} : { axis: attribute.int(axis) },
});
