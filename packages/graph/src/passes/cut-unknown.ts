import type { FoveaError } from "@foveajs/errors";
import type { Graph, ValueInfo } from "../ir/types.ts";
import { inferValues } from "./infer-values.ts";
import { capturedValues, prune } from "./prune.ts";

/** A node that was cut off, and why nothing can be built upon it. */
export interface CutNode {
  readonly node: string;
  readonly op: string;
  readonly fault: FoveaError;
}

/**
 * Cuts a graph in front of the operators that have no shape rule here (NonMaxSuppression behind a detector, say): what they and
 * everything behind them made is no output any more; instead, what they read is, where no other output has it.
 */
export function cutUnknown(graph: Graph): { graph: Graph; cut: readonly CutNode[] } {
  const { unknown, types } = inferValues(graph);
  if (unknown.size === 0) return { graph, cut: [] };
  const isKnown = (name: string) => types.has(name);
  const outputs = new Map<string, ValueInfo>(
    graph.outputs.filter(({ name }) => isKnown(name)).map((output) => [output.name, output]),
  );
  const made = new Set(graph.nodes.filter(({ name }) => !unknown.has(name)).flatMap((node) => node.outputs));
  for (const node of prune(graph).nodes) {
    if (!unknown.has(node.name)) continue;
    for (const name of [...node.inputs, ...capturedValues(node.attributes)]) {
      const value = types.get(name);
      if (value?.dtype === "float32" && made.has(name)) outputs.set(name, value);
    }
  }
  const nodes = graph.nodes.filter(({ name }) => !unknown.has(name));
  const cut = graph.nodes.flatMap(({ name, op }) =>
    unknown.has(name) ? [{ node: name, op, fault: unknown.get(name)! }] : [],
  );
  return { graph: prune({ ...graph, nodes, outputs: [...outputs.values()] }), cut };
}
