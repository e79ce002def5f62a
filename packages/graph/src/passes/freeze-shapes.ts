import { errors } from "../errors.ts";
import type { Attribute, Dimension, Graph, Node, ValueInfo } from "../ir/types.ts";

/**
 * Replaces named dimensions of inputs and outputs by numbers, also inside of inner graphs: `freezeShapes(graph, { N: 1 })`
 * makes [N, 3, 48, 48] into [1, 3, 48, 48]. Extents are whole numbers of at least 1. Names that are not given stay open.
 */
export function freezeShapes(graph: Graph, extents: Readonly<Record<string, number>>): Graph {
  const names = dimensionNames(graph);
  for (const [dimension, extent] of Object.entries(extents)) {
    if (!names.has(dimension)) {
      throw errors["dimension-unknown"]({
        dimension,
        known: [...names].sort().join(", ") || "none: all shapes are fixed",
      });
    }
    if (!(Number.isSafeInteger(extent) && extent >= 1)) {
      throw errors["dimension-extent"]({ dimension, received: String(extent) });
    }
  }
  return freeze(graph, new Map(Object.entries(extents)));
}

const innerGraphs = (node: Node): Graph[] =>
  Object.values(node.attributes).flatMap((attribute) => (attribute.type === "graph" ? [attribute.value] : []));

function dimensionNames(graph: Graph): Set<string> {
  const own = [...graph.inputs, ...graph.outputs].flatMap(({ shape = [] }) =>
    shape.filter((extent) => typeof extent === "string"),
  );
  const inner = graph.nodes.flatMap(innerGraphs).flatMap((innerGraph) => [...dimensionNames(innerGraph)]);
  return new Set([...own, ...inner]);
}

function freeze(graph: Graph, extents: ReadonlyMap<string, number>): Graph {
  const fix = (extent: Dimension): Dimension => (typeof extent === "string" ? (extents.get(extent) ?? extent) : extent);
  const freezeValue = (value: ValueInfo): ValueInfo => ({ ...value, shape: value.shape?.map(fix) });
  const freezeAttribute = (attribute: Attribute): Attribute =>
    attribute.type === "graph" ? { type: "graph", value: freeze(attribute.value, extents) } : attribute;
  const freezeNode = (node: Node): Node => {
    if (innerGraphs(node).length === 0) return node;
    const entries = Object.entries(node.attributes).map(
      ([name, attribute]) => [name, freezeAttribute(attribute)] as const,
    );
    return { ...node, attributes: Object.fromEntries(entries) };
  };
  return {
    ...graph,
    inputs: graph.inputs.map(freezeValue),
    outputs: graph.outputs.map(freezeValue),
    nodes: graph.nodes.map(freezeNode),
  };
}
