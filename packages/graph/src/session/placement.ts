import { errors } from "../errors.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { attributesOf } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Graph, Node, ValueInfo } from "../ir/types.ts";
import { miscomputed } from "../lowering/miscomputed.ts";
import { type Build, createBuilder, operatorKey } from "../ops/build.ts";

const graphOf = (model: Graph | Uint8Array): Graph => (model instanceof Uint8Array ? readOnnx(model) : model);

const labelOf = (node: Node): string => `${operatorKey(node)} "${node.name}"`;

/** A node as a model of its own, to learn whether a device takes it. */
interface NodeAlone {
  /** Operator and name, for people. */
  readonly label: string;
  readonly model: Uint8Array;
}

/**
 * One model for each kind of node in a graph: operator, attributes and types. onnxruntime does not say which nodes it would move.
 * Empty where types do not follow, since an operator has no shape rule here.
 */
export function nodesAlone(model: Graph | Uint8Array): readonly NodeAlone[] {
  const graph = graphOf(model);
  const values = typed(graph);
  if (!values) return [];
  const found = new Map<string, NodeAlone>();
  for (const node of graph.nodes) {
    const info = (name: string): ValueInfo => {
      const { dtype, shape } = values.value(name);
      return { name, dtype, shape };
    };
    const names = [...new Set(node.inputs.filter((name) => name !== ""))];
    const types = names.map((name) => [info(name).dtype, info(name).shape?.length, graph.initializers.has(name)]);
    const key = JSON.stringify([operatorKey(node), node.attributes, types], (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    if (found.has(key)) continue;
    const alone: Graph = {
      ...graph,
      nodes: [node],
      inputs: names.filter((name) => !graph.initializers.has(name)).map(info),
      outputs: node.outputs.filter((name) => name !== "").map(info),
      initializers: new Map([...graph.initializers].filter(([name]) => names.includes(name))),
    };
    found.set(key, { label: labelOf(node), model: writeOnnx(alone) });
  }
  return [...found.values()];
}

/** The graph of a file; undefined where we cannot read it, about which the runtime shall have the word. */
function readable(model: Graph | Uint8Array): Graph | undefined {
  try {
    return graphOf(model);
  } catch {
    return undefined;
  }
}

/** The graph with the types of all its values; undefined where an operator has no shape rule. */
function typed(graph: Graph): Build | undefined {
  try {
    return createBuilder({ from: graph });
  } catch {
    return undefined;
  }
}

/** Refuses what a GPU is known to compute wrongly without an error, as far as types follow in this graph. */
export function refuseKnownFaults(model: Graph | Uint8Array, device: string): void {
  const graph = readable(model);
  if (!graph?.nodes.some(({ domain, op }) => domain === "" && op in miscomputed)) return;
  const values = typed(graph);
  const wrong = graph.nodes.filter((node) => {
    if (node.domain !== "" || !(node.op in miscomputed)) return false;
    const inputs = node.inputs.map((name) => inputOf(name, graph, values));
    const constant = (index: number) =>
      values ? values.constantOf(inputs[index]) : graph.initializers.get(node.inputs[index] ?? "");
    return miscomputed[node.op]!({ attributes: attributesOf(node), inputs, constant });
  });
  if (wrong.length > 0) throw errors["operator-miscomputed"]({ device, operators: wrong.map(labelOf).join(", ") });
}

/** A value with its type; where types do not follow, of weights and inputs alone. */
function inputOf(name: string, graph: Graph, values: Build | undefined): Value | undefined {
  if (values) return name !== "" && values.has(name) ? values.value(name) : undefined;
  const type = graph.initializers.get(name) ?? graph.inputs.find((input) => input.name === name);
  return type?.shape && { name, dtype: type.dtype, shape: type.shape };
}
