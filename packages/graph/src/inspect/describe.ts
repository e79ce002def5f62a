import { FoveaError } from "@foveajs/errors";
import { sizeOf } from "../ir/shapes.ts";
import type { Graph, ValueInfo } from "../ir/types.ts";
import { operatorKey } from "../ops/build.ts";
import { type InferredValues, inferValues } from "../passes/infer-values.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { multiplyAdds } from "./cost.ts";
import { type MemoryNeed, memoryNeed } from "./memory.ts";
import { type FrozenTensor, type GradientGap, trainability } from "./trainability.ts";
import { weightRoles } from "./weights.ts";

/** All nodes of one operator together: how many, the multiply-adds of one run, and the elements of the weights that they read. */
export interface OperatorSummary {
  /** `Conv`, `com.microsoft.FusedConv`. */
  readonly op: string;
  readonly nodes: number;
  /** undefined where shapes are open. */
  readonly multiplyAdds: number | undefined;
  readonly parameters: number;
}

/** A node of which nothing is known here. */
export interface UnknownNode {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/** What `fovea graph` tells of a model. */
export interface GraphDescription {
  readonly name: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueInfo[];
  /** With inferred shapes where the file leaves them open. */
  readonly outputs: readonly ValueInfo[];
  readonly nodes: number;
  /** By multiply-adds, then by number of nodes. */
  readonly operators: readonly OperatorSummary[];
  /** Elements of weights and normalisation factors. */
  readonly parameters: number;
  readonly multiplyAdds: number | undefined;
  readonly memory: { readonly weightsBytes: number } & Partial<MemoryNeed>;
  /** Parameters (elements) that a gradient reaches. */
  readonly trainableParameters: number;
  readonly frozen: readonly FrozenTensor[];
  readonly gaps: readonly GradientGap[];
  /** Operators without a shape rule, the first of each kind of trouble. */
  readonly unknown: readonly UnknownNode[];
  /** Names of extents that inputs leave open. */
  readonly open: readonly string[];
  /** Why gradients could not be followed at all, if so. */
  readonly untrainable: string | undefined;
}

/** Looks at a graph as it stands; name the extents first (freezeShapes) for multiply-adds and memory. */
export function describeGraph(graph: Graph): GraphDescription {
  const values = inferValues(graph);
  const roles = weightRoles(graph);
  const isParameter = (name: string) => ["weight", "normalization"].includes(roles.get(name) ?? "");
  const elements = (name: string) => sizeOf(graph.initializers.get(name)!.shape);
  const costs = graph.nodes.map((node) => multiplyAdds(node, values));
  const operators = new Map<string, OperatorSummary>();
  const counted = new Set<string>();
  graph.nodes.forEach((node, index) => {
    const op = operatorKey(node);
    const before = operators.get(op) ?? { op, nodes: 0, multiplyAdds: 0, parameters: 0 };
    const own = node.inputs.filter((name) => isParameter(name) && !counted.has(name));
    for (const name of own) counted.add(name);
    operators.set(op, {
      op,
      nodes: before.nodes + 1,
      multiplyAdds: sum([before.multiplyAdds, costs[index]]),
      parameters: before.parameters + own.reduce((total, name) => total + elements(name), 0),
    });
  });
  const open = openExtents(graph);
  const training =
    open.length > 0 ? untrainable(`its inputs leave open ${open.join(", ")}`) : trainingOf(graph, values);
  return {
    name: graph.name,
    opsets: graph.opsets,
    inputs: graph.inputs,
    outputs: graph.outputs.map((output) => {
      const shape = values.types.get(output.name)?.shape;
      const isFixed = shape?.every((extent) => typeof extent === "number"); // formulas of open extents say less than the file's names
      return shape && (isFixed || !output.shape) ? { ...output, shape } : output;
    }),
    nodes: graph.nodes.length,
    operators: [...operators.values()].sort(
      (a, b) => (b.multiplyAdds ?? 0) - (a.multiplyAdds ?? 0) || b.nodes - a.nodes || (a.op < b.op ? -1 : 1),
    ),
    parameters: [...roles.keys()].filter(isParameter).reduce((total, name) => total + elements(name), 0),
    multiplyAdds: sum(costs),
    memory: memoryNeed(graph, values),
    unknown: unknownNodes(graph, values, open.length > 0),
    open,
    ...training,
  };
}

const sum = (numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.every((number) => number !== undefined) ? numbers.reduce((total, number) => total + number, 0) : undefined;

const openExtents = ({ inputs }: Graph): string[] => [
  ...new Set(
    inputs.flatMap(
      ({ name, shape }) => shape?.filter((extent) => typeof extent === "string") ?? [`the rank of ${name}`],
    ),
  ),
];

/** Where a fault begins; what depends on the node shares it. With open extents, shapes that do not follow are no fault. */
function unknownNodes(graph: Graph, { unknown }: InferredValues, isOpen: boolean): UnknownNode[] {
  const told = new Set<FoveaError>();
  return graph.nodes.flatMap((node) => {
    const fault = unknown.get(node.name);
    if (!fault || told.has(fault) || (isOpen && fault.code !== "graph/unknown-operator")) return [];
    told.add(fault);
    return [{ node: node.name, op: operatorKey(node), reason: fault.message }];
  });
}

type Training = Pick<GraphDescription, "trainableParameters" | "frozen" | "gaps" | "untrainable">;

const untrainable = (reason: string): Training => ({
  trainableParameters: 0,
  frozen: [],
  gaps: [],
  untrainable: reason,
});

/** Gradients are rules of current operators: an older graph is rewritten first, where all its operators are known. */
function trainingOf(graph: Graph, values: InferredValues): Training {
  try {
    const isKnown = values.unknown.size === 0;
    const current = isKnown ? upgradeOpset(graph) : graph;
    const { trainable, frozen, gaps } = trainability(current, isKnown ? inferValues(current) : values);
    const trainableParameters = [...trainable.keys()].reduce(
      (total, name) => total + sizeOf(current.initializers.get(name)!.shape),
      0,
    );
    return { trainableParameters, frozen, gaps, untrainable: undefined };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return untrainable(error.message);
  }
}
