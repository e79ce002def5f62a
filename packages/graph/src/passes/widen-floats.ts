import { dataTypeNumbers } from "../ir/data-types.ts";
import type { Attribute, Attributes, DataType, Graph, Node, Tensor, ValueInfo } from "../ir/types.ts";
import { decodeFloats } from "./half-precision.ts";

/** Floating types that become float32. */
const others: ReadonlySet<DataType> = new Set(["float16", "bfloat16", "float64"]);
const otherNumbers: ReadonlySet<number> = new Set([...others].map((dtype) => dataTypeNumbers[dtype]));

/** Attributes that hold the number of an element type (Cast, RandomNormal and the like). */
const typeAttributes: ReadonlySet<string> = new Set(["to", "dtype", "output_dtype"]);

/**
 * Turns a graph in half (or double) precision into single precision, in which trainings and gradients run: weights, inputs, outputs, and the
 * casts between. Its inputs and outputs are float32 afterwards.
 */
export function widenFloats(graph: Graph): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map(widenInfo),
    outputs: graph.outputs.map(widenInfo),
    nodes: graph.nodes.map((node): Node => ({ ...node, attributes: widenAttributes(node.attributes) })),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, widenTensor(tensor)])),
  };
}

const widenInfo = (info: ValueInfo): ValueInfo => (others.has(info.dtype) ? { ...info, dtype: "float32" } : info);

const widenTensor = (tensor: Tensor): Tensor =>
  others.has(tensor.dtype) ? { dtype: "float32", shape: tensor.shape, data: decodeFloats(tensor)! } : tensor;

const widenAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, found]) => [name, widenAttribute(name, found)]));

function widenAttribute(name: string, found: Attribute): Attribute {
  if (found.type === "tensor") return { type: "tensor", value: widenTensor(found.value) };
  if (found.type === "graph") return { type: "graph", value: widenFloats(found.value) };
  const isType = found.type === "int" && typeAttributes.has(name) && otherNumbers.has(found.value);
  return isType ? { type: "int", value: dataTypeNumbers.float32 } : found;
}
