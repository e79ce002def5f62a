import { attributesOf } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder, operatorKey } from "../ops/build.ts";
import { CURRENT_OPSET } from "../passes/upgrade-opset.ts";
import { type Placed, toInnermost, toOutermost } from "./rule.ts";
import { layoutRules } from "./table.ts";

/**
 * Rewrites a graph of fixed shapes so that the batch, axis 0 of the named inputs, becomes the last axis of every value that holds it:
 * maps [N, C, H, W] become [C, H, W, N], vectors [N, K] become [K, N]. Training is fastest so (docs/engine.md).
 * The named inputs are fed in the new order; outputs keep their original order.
 */
export function batchInnermost(graph: Graph, batchInputs: readonly string[]): Graph {
  const original = createBuilder({ from: graph });
  const opset = Math.max(graph.opsets[""] ?? 1, CURRENT_OPSET);
  const build = createBuilder({ name: graph.name, opset, avoiding: graph });
  const placed = new Map<string, Placed>();
  for (const { name, shape, dtype } of graph.inputs) {
    if (graph.initializers.has(name)) continue;
    const moved = batchInputs.includes(name);
    const order = moved ? toInnermost(shape!.length).map((axis) => shape![axis]!) : shape!;
    placed.set(name, { value: build.input(name, order, dtype), moved });
  }
  for (const [name, tensor] of graph.initializers)
    placed.set(name, { value: build.constant(tensor, name), moved: false });
  const outputNames = new Set(graph.outputs.map((output) => output.name));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : placed.get(name)));
    const outputs = rewrite(
      build,
      withInnerNames(build, node, outputNames),
      inputs,
      original.value(firstOutput(node)).shape as readonly number[],
    );
    node.outputs.forEach((name, index) => {
      if (name !== "") placed.set(name, outputs[index]!);
    });
  }
  for (const { name } of graph.outputs) build.output(inOriginalOrder(build, placed.get(name)!), name);
  return build.build({ metadata: graph.metadata });
}

const firstOutput = (node: Node): string => node.outputs.find((name) => name !== "")!;

/** Outputs of the graph are moved back under their own names, so inside the rewritten graph their values need others. */
function withInnerNames(build: Build, node: Node, outputNames: ReadonlySet<string>): Node {
  if (!node.outputs.some((name) => outputNames.has(name))) return node;
  const outputs = node.outputs.map((name) => (outputNames.has(name) ? build.uniqueName(name) : name));
  return { ...node, outputs, name: build.uniqueName(node.name) };
}

function rewrite(
  build: Build,
  node: Node,
  inputs: readonly (Placed | undefined)[],
  shape: readonly number[],
): readonly Placed[] {
  const rule = inputs.some((input) => input?.moved) ? layoutRules[operatorKey(node)] : undefined;
  const rewritten = rule?.({ build, node, attributes: attributesOf(node), inputs, rank: shape.length, shape });
  if (rewritten) return rewritten;
  const values = inputs.map((input) => input && inOriginalOrder(build, input));
  return build
    .append({ ...node, inputs: values.map((value) => value?.name ?? "") })
    .map((value) => ({ value, moved: false }));
}

const inOriginalOrder = (build: Build, { value, moved }: Placed): Value =>
  moved && value.shape.length > 1 ? build.transpose(value, toOutermost(value.shape.length)) : value;
