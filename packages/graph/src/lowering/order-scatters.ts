import { attributesOf } from "../ir/attributes.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import type { Graph, Node, Shape } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import type { ScatterReduction } from "../ops/ordered-scatter.ts";

const isReducing = (node: Node): boolean =>
  node.domain === "" && node.op === "ScatterND" && attributesOf(node).string("reduction", "none") !== "none";

const isStatic = (shape: Shape): boolean => shape.every((extent) => typeof extent === "number");

/**
 * Rewrites every ScatterND with a reduction as ScatterElements, since onnxruntime's several threads lose updates that meet in one
 * place (ops/ordered-scatter.ts). A training step has fixed shapes; a node whose shapes are open stays as it is.
 */
export function orderScatters(graph: Graph): Graph {
  if (!graph.nodes.some(isReducing)) return graph;
  const build = createBuilder({ name: graph.name, opset: graph.opsets[""] ?? 1, avoiding: graph });
  for (const input of graph.inputs)
    if (!graph.initializers.has(input.name)) build.input(input.name, knownShape(input), input.dtype);
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  for (const node of graph.nodes) {
    const operands = isReducing(node) ? node.inputs.map((name) => build.value(name)) : [];
    if (operands.length === 0 || !operands.every(({ shape }) => isStatic(shape))) {
      // named by what it makes, so that no new node can have its name
      build.append({ ...node, name: node.outputs.find((output) => output !== "") ?? node.name });
      continue;
    }
    const [x, indices, updates] = operands as [Value, Value, Value];
    const reduction = attributesOf(node).string("reduction", "none") as ScatterReduction;
    const changed = build.scatterInOrder(x, indices, updates, { reduction });
    build.node("Identity", [changed], { outputs: node.outputs });
  }
  for (const { name } of graph.outputs) build.output(build.value(name), name);
  return build.build({ metadata: graph.metadata });
}
