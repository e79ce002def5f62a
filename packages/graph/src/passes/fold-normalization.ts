import { attributesOf } from "../ir/attributes.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Node, Tensor } from "../ir/types.ts";
import { prune } from "./prune.ts";
import { countReaders } from "./readers.ts";

/** ONNX, BatchNormalization: epsilon. */
const EPSILON = 1e-5;

/**
 * Puts batch normalizations of fixed statistics into the convolutions before them: with s = scale / sqrt(variance + epsilon),
 * w' = s w and b' = s (b - mean) + bias, output channel by output channel, worked out in double precision. One stays where
 * something else reads the convolution's output, or where its operands are not constants. Kernels keep their names.
 */
export function foldNormalization(graph: Graph): Graph {
  const readers = countReaders(graph);
  const convolutions = new Map(graph.nodes.filter(isConvolution).map((node) => [node.outputs[0]!, node] as const));
  const initializers = new Map(graph.initializers);
  const folded = new Map<Node, Node>();
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    if (!isFixed(node) || readers.get(node.inputs[0]!) !== 1) continue;
    const conv = convolutions.get(node.inputs[0]!);
    const [weight, bias] = [conv?.inputs[1], conv?.inputs[2]].map((name) =>
      name ? initializers.get(name) : undefined,
    );
    const [scale, shift, mean, variance] = node.inputs.slice(1).map((name) => initializers.get(name));
    const isKnown = [weight, scale, shift, mean, variance].every((tensor) => tensor?.dtype === "float32");
    if (!conv || !isKnown || (conv.inputs[2] && bias?.dtype !== "float32")) continue;
    const factors = valuesOf(scale).map(
      (value, channel) =>
        value / Math.sqrt(valuesOf(variance)[channel]! + attributesOf(node).float("epsilon", EPSILON)),
    );
    const shifts = factors.map((factor, channel) => {
      const before = bias ? valuesOf(bias)[channel]! : 0;
      return factor * (before - valuesOf(mean)[channel]!) + valuesOf(shift)[channel]!;
    });
    // a kernel that another node reads too stays as it is for that node
    const name = readers.get(conv.inputs[1]!) === 1 ? conv.inputs[1]! : `${node.name}.folded_weight`;
    const biasName = `${node.name}.folded_bias`;
    initializers.set(name, scaled(weight!, factors));
    initializers.set(biasName, float32([shifts.length], shifts));
    folded.set(conv, { ...conv, inputs: [conv.inputs[0]!, name, biasName], outputs: [node.outputs[0]!] });
    gone.add(node);
  }
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) => folded.get(node) ?? node);
  return prune({ ...graph, nodes, initializers });
}

const isConvolution = ({ op, domain }: Node): boolean => op === "Conv" && domain === "";

const isFixed = (node: Node): boolean =>
  node.op === "BatchNormalization" &&
  node.domain === "" &&
  attributesOf(node).int("training_mode", 0) === 0 &&
  node.outputs.slice(1).every((name) => name === "");

const valuesOf = (tensor: Tensor | undefined): number[] => Array.from(tensor!.data as Float32Array);

/** A kernel [M, ...] with each output channel multiplied. */
function scaled({ shape, data }: Tensor, factors: readonly number[]): Tensor {
  const inner = sizeOf(shape.slice(1));
  return float32(
    shape,
    Float32Array.from(data as Float32Array, (value, index) => value * factors[Math.floor(index / inner)]!),
  );
}
