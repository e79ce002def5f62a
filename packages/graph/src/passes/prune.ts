import type { Graph } from "../ir/types.ts";

/** Removes nodes and initializers that no output needs (onnxruntime would run dead nodes). Inputs stay. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map((output) => output.name));
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => output !== "" && needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    for (const captured of capturedValues(node.attributes)) needed.add(captured);
    return true;
  });
  return {
    ...graph,
    nodes: nodes.reverse(),
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
  };
}

/** Values of the outer graph that the subgraphs of a node (If, Loop) read. */
export function capturedValues(attributes: Graph["nodes"][number]["attributes"]): string[] {
  return Object.values(attributes).flatMap((found) =>
    found.type === "graph"
      ? [
          ...found.value.nodes.flatMap((node) => [...node.inputs, ...capturedValues(node.attributes)]),
          ...found.value.outputs.map(({ name }) => name),
        ]
      : [],
  );
}
