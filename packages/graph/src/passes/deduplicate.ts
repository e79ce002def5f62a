import type { Graph, Node } from "../ir/types.ts";

/**
 * Merges nodes that compute the same thing (same operator, inputs and attributes), so that forms may each write what they need,
 * for instance the im2col matrix that a convolution and its gradient share. Operators of onnxruntime that write into their inputs
 * own private constants and so never look equal.
 */
export function deduplicate(graph: Graph): Graph {
  const renamed = new Map<string, string>();
  const seen = new Map<string, Node>();
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const nodes = graph.nodes.flatMap((original) => {
    const node = { ...original, inputs: original.inputs.map((name) => renamed.get(name) ?? name) };
    const key = JSON.stringify([node.domain, node.op, node.inputs, node.attributes]);
    const twin = seen.get(key);
    const mergeable = twin && twin.outputs.length === node.outputs.length && !node.outputs.some((name) => outputs.has(name));
    if (!mergeable) {
      seen.set(key, node);
      return [node];
    }
    node.outputs.forEach((name, index) => {
      renamed.set(name, twin.outputs[index]!);
    });
    return [];
  });
  return { ...graph, nodes };
}
