import { attributesOf } from "../ir/attributes.ts";
import { normalizeAxis, sizeOf } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Graph, Node, Tensor } from "../ir/types.ts";
import { bypassIdentities } from "./bypass-identities.ts";
import { decodeFloats } from "./half-precision.ts";
import { inferValues } from "./infer-values.ts";
import { prune } from "./prune.ts";

/**
 * Computes ahead what does not depend on inputs and is not to be trained: Constant nodes, shapes and indices (as the shape rules follow
 * them), weights that are kept in half precision (Cast) or as integers (DequantizeLinear). A Transpose or Reshape of a weight stays, so
 * that the weight behind it can be trained.
 */
export function foldConstants(graph: Graph): Graph {
  // inner graphs read values by name, which the bypass would take away
  const hasInner = graph.nodes.some(({ attributes }) => Object.values(attributes).some(({ type }) => type === "graph"));
  const plain = hasInner ? graph : bypassIdentities(graph);
  const withWeights = replaceNodes(plain, (node, constants) => {
    const evaluate = node.domain === "" ? evaluators[node.op] : undefined;
    const tensor = evaluate?.(
      node,
      node.inputs.map((name) => (name === "" ? undefined : constants.get(name))),
    );
    return tensor && [tensor];
  });
  const { constants } = inferValues(withWeights);
  const withShapes = replaceNodes(withWeights, (node) => {
    const known = node.outputs.map((output) => constants.get(output));
    return known.every((tensor) => tensor !== undefined) ? known : undefined;
  });
  return prune(withShapes);
}

/** Puts initializers in the place of nodes for which `evaluate` gives all outputs. */
function replaceNodes(
  graph: Graph,
  evaluate: (node: Node, constants: ReadonlyMap<string, Tensor>) => readonly Tensor[] | undefined,
): Graph {
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.filter((node) => {
    const tensors = evaluate(node, initializers);
    if (!tensors) return true;
    node.outputs.forEach((output, index) => {
      initializers.set(output, tensors[index]!);
    });
    return false;
  });
  return { ...graph, nodes, initializers };
}

type Evaluate = (node: Node, inputs: readonly (Tensor | undefined)[]) => Tensor | undefined;

const constant: Evaluate = ({ attributes: { value } }) => (value?.type === "tensor" ? value.value : undefined);

/** To float32 from another floating type; integers are shapes and indices, which the shape rules follow. */
const cast: Evaluate = (node, [x]) => {
  const isFloat32 = attributesOf(node).int("to", 0) === 1; // TensorProto.DataType.FLOAT
  const floats = x && isFloat32 ? decodeFloats(x) : undefined;
  return floats && { dtype: "float32", shape: x!.shape, data: floats };
};

/** y = (x - zero) scale; scale and zero for all elements or for each place of one axis. */
const dequantize: Evaluate = (node, [x, scale, zero]) => {
  if (!x || scale?.dtype !== "float32" || x.dtype === "string" || attributesOf(node).int("block_size", 0) !== 0) {
    return undefined;
  }
  const scales = numbersOf(scale);
  const zeros = zero ? numbersOf(zero) : [];
  const axis = scales.length === 1 ? 0 : normalizeAxis(attributesOf(node).int("axis", 1), x.shape.length);
  const inner = sizeOf(x.shape.slice(axis + 1));
  if (scales.length !== 1 && scales.length !== x.shape[axis]) return undefined;
  const data = Float32Array.from(numbersOf(x), (value, index) => {
    const place = scales.length === 1 ? 0 : Math.floor(index / inner) % scales.length;
    return (value - (zeros[place] ?? 0)) * scales[place]!;
  });
  return { dtype: "float32", shape: x.shape, data };
};

const evaluators: Readonly<Record<string, Evaluate>> = { Constant: constant, Cast: cast, DequantizeLinear: dequantize };
