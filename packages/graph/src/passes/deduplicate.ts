import type { Attribute, Graph, Node, Tensor } from "../ir/types.ts";
import { capturedValues } from "./prune.ts";

/** Operators that give other numbers each time; two of them are never the same. */
const randomOperators: ReadonlySet<string> = new Set([
  "Bernoulli",
  "Dropout",
  "Multinomial",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
]);

/** Attributes of these types are small and compare by their text; tensors and graphs are not compared. */
const isComparable = ({ type }: Attribute): boolean => type !== "tensor" && type !== "graph";

/** JSON has no NaN and no infinities, and would write them all as null. */
const exactNumber = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** Text that is equal where two nodes compute the same; undefined for a node that is never merged. */
function keyOf({ domain, op, inputs, outputs, attributes }: Node): string | undefined {
  if (randomOperators.has(op) || !Object.values(attributes).every(isComparable)) return undefined;
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([domain, op, inputs, outputs.map((name) => name !== ""), sorted], exactNumber);
}

/** Constants of so few elements are compared: shapes, axes, pads and scalars, of which every form writes its own. */
const SHORT = 64;

const keyOfConstant = ({ dtype, shape, data }: Tensor): string | undefined => {
  if (!ArrayBuffer.isView(data) || data.length > SHORT || (dtype !== "int64" && shape.length > 0)) return undefined;
  return [dtype, shape.length, ...shape, ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)].join();
};

/** Short constants that an earlier one equals, with its name; defaults of inputs are none. */
function equalConstants({ initializers, inputs }: Graph): Map<string, string> {
  const fed = new Set(inputs.map(({ name }) => name));
  const renamed = new Map<string, string>();
  const seen = new Map<string, string>();
  for (const [name, tensor] of initializers) {
    const key = fed.has(name) ? undefined : keyOfConstant(tensor);
    const twin = key === undefined ? undefined : seen.get(key);
    if (twin !== undefined) renamed.set(name, twin);
    else if (key !== undefined) seen.set(key, name);
  }
  return renamed;
}

/**
 * Merges nodes that compute the same thing (same operator, inputs and attributes), so that forms may each write what they need,
 * for instance the im2col matrix that a convolution and its gradient share. Operators of onnxruntime that write into their inputs
 * own private constants and so never look equal.
 */
export function deduplicate(graph: Graph): Graph {
  const renamed = equalConstants(graph);
  const seen = new Map<string, Node>();
  const kept = new Set([
    ...graph.outputs.map((output) => output.name),
    ...graph.nodes.flatMap((node) => capturedValues(node.attributes)),
  ]);
  const nodes = graph.nodes.flatMap((original) => {
    const node = { ...original, inputs: original.inputs.map((name) => renamed.get(name) ?? name) };
    const key = keyOf(node);
    const twin = key === undefined ? undefined : seen.get(key);
    const mergeable = twin && !node.outputs.some((name) => kept.has(name));
    if (!mergeable) {
      if (key !== undefined && !twin) seen.set(key, node);
      return [node];
    }
    node.outputs.forEach((name, index) => {
      if (name !== "") renamed.set(name, twin.outputs[index]!);
    });
    return [];
  });
  return { ...graph, nodes };
}
