import type { Graph, Node } from "../ir/types.ts";

const isIdentity = (node: Node): boolean => node.op === "Identity" && node.domain === "";

/**
 * Removes Identity nodes, each of which would copy its tensor: readers read the original, and where the copy is an output of the graph,
 * the node that makes the original writes the output itself. One stays only where an output is an input, a constant or another output.
 */
export function bypassIdentities(graph: Graph): Graph {
  const sources = new Map<string, string>();
  const sourceOf = (name: string): string => sources.get(name) ?? name;
  for (const node of graph.nodes) if (isIdentity(node)) sources.set(node.outputs[0]!, sourceOf(node.inputs[0]!));
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const made = new Set(graph.nodes.filter((node) => !isIdentity(node)).flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  for (const name of outputs) {
    const source = sourceOf(name);
    if (source !== name && made.has(source) && !outputs.has(source) && !renamed.has(source)) renamed.set(source, name);
  }
  const finalName = (name: string): string => renamed.get(sourceOf(name)) ?? sourceOf(name);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (!isIdentity(node)) {
      return [
        { ...node, inputs: node.inputs.map(finalName), outputs: node.outputs.map((name) => renamed.get(name) ?? name) },
      ];
    }
    const output = node.outputs[0]!;
    const isNeeded = outputs.has(output) && finalName(output) !== output;
    return isNeeded ? [{ ...node, inputs: [finalName(node.inputs[0]!)] }] : [];
  });
  return { ...graph, nodes };
}
