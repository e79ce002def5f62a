import { errors } from "../errors.ts";
import { attribute, attributesOf } from "../ir/attributes.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import type { Attribute, Graph, Node, Tensor } from "../ir/types.ts";
import { toHalf } from "./half-precision.ts";

/** Operands that stay in single precision whatever the type of the others (ONNX 21: Resize takes sizes and scales so). */
const singleOperands: Readonly<Record<string, readonly number[]>> = { Resize: [2], Upsample: [1] };

const LARGEST = 65504;
const SMALLEST = 2 ** -24;

/**
 * The graph in half precision between Cast nodes: its inputs and outputs stay float32, so that it is used as before. Weights are rounded
 * to the nearest half; finite ones beyond 65504 become that, and ones that would vanish become the smallest half, so that an epsilon
 * still keeps a division from 0. Sums inside of one operator are as precise as the runtime makes them: onnxruntime's CPU computes
 * in float32 and rounds between operators.
 */
export function toFloat16(graph: Graph): Graph {
  const inner = graph.nodes.find(({ attributes }) => Object.values(attributes).some(({ type }) => type === "graph"));
  if (inner) throw errors["conversion-unsupported"]({ node: inner.name, op: inner.op, type: "float16" });
  const floatInputs = graph.inputs.filter(({ name, dtype }) => dtype === "float32" && !graph.initializers.has(name));
  const floatOutputs = new Set(graph.outputs.filter(({ dtype }) => dtype === "float32").map(({ name }) => name));
  const halfName = new Map([
    ...floatInputs.map(({ name }) => [name, `${name}.float16`] as const),
    ...[...floatOutputs].map((name) => [name, `${name}.float16`] as const),
  ]);
  const singles = new Map<string, Tensor>();
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const kept = node.domain === "" ? (singleOperands[node.op] ?? []) : [];
    const before: Node[] = [];
    const inputs = node.inputs.map((name, index) => {
      const half = halfName.get(name) ?? name;
      if (name === "" || !kept.includes(index)) return half;
      const single = `${name}.float32`;
      const constant = graph.initializers.get(name);
      if (constant) singles.set(single, constant);
      else before.push(castNode(half, `${node.name}.${single}`, "float32"));
      return constant ? single : `${node.name}.${single}`;
    });
    const outputs = node.outputs.map((name) => halfName.get(name) ?? name);
    return [...before, { ...node, inputs, outputs, attributes: halfAttributes(node) }];
  });
  const initializers = new Map([
    ...[...graph.initializers].map(([name, tensor]) => [name, halved(tensor)] as const),
    ...singles,
  ]);
  // an output that is a constant or an input has no node that would make its half
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const sourceOf = (name: string) => {
    const half = halfName.get(name)!;
    return made.has(half) || !initializers.has(name) ? half : name;
  };
  return {
    ...graph,
    nodes: [
      ...floatInputs.map(({ name }) => castNode(name, halfName.get(name)!, "float16")),
      ...nodes,
      ...[...floatOutputs]
        .filter((name) => !floatInputs.some((input) => input.name === name))
        .map((name) => castNode(sourceOf(name), name, "float32")),
    ],
    initializers,
  };
}

const castNode = (input: string, output: string, to: "float16" | "float32"): Node => ({
  name: `${output}.cast`,
  domain: "",
  op: "Cast",
  inputs: [input],
  outputs: [output],
  attributes: { to: attribute.int(dataTypeNumbers[to]) },
});

/** Attributes that name or hold single precision, in half precision. */
function halfAttributes(node: Node): Node["attributes"] {
  const { attributes, op } = node;
  const typeName = op === "Cast" ? "to" : "dtype";
  const isSingle =
    attributesOf({ ...node, attributes }).has(typeName) && attributes[typeName]!.value === dataTypeNumbers.float32;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, found]): [string, Attribute] => {
      if (name === typeName && isSingle) return [name, attribute.int(dataTypeNumbers.float16)];
      return [name, found.type === "tensor" ? attribute.tensor(halved(found.value)) : found];
    }),
  );
}

/** A float32 tensor in half precision, another one as it is. */
function halved(tensor: Tensor): Tensor {
  if (tensor.dtype !== "float32") return tensor;
  const data = Uint16Array.from(tensor.data as Float32Array, (value) => {
    if (value === 0 || !Number.isFinite(value)) return toHalf(value);
    return toHalf(Math.sign(value) * Math.min(LARGEST, Math.max(SMALLEST, Math.abs(value))));
  });
  return { ...tensor, dtype: "float16", data };
}
