import type { Graph, Node } from "../ir/types.ts";

const isPlain = ({ domain, op, outputs }: Node): boolean =>
  domain === "" && op === "LayerNormalization" && outputs.length === 1;

/**
 * Layer normalisations give their means and inverse deviations too, which they compute anyway, so that their gradients need not
 * compute them again.
 */
export function keepDeviations(graph: Graph): Graph {
  const taken = new Set(graph.nodes.flatMap((node) => node.outputs));
  const nodes = graph.nodes.map((node): Node => {
    const own = [`${node.outputs[0]}/mean`, `${node.outputs[0]}/inverse`];
    return isPlain(node) && !own.some((name) => taken.has(name))
      ? { ...node, outputs: [...node.outputs, ...own] }
      : node;
  });
  return { ...graph, nodes };
}
