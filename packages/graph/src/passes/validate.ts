import { errors } from "../errors.ts";
import { tensorFault } from "../format/tensor-fault.ts";
import type { Graph, Node } from "../ir/types.ts";

/** Values that a graph can read, each with its maker in words. Inner graphs also see those of the graphs around them. */
type Scope = Map<string, string>;

/**
 * Checks what every other part of Fovea relies on, and throws the first fault found: nodes in topological order, every
 * value that is read or promised made once (an inner graph makes no value that it could read from outside), node names
 * unique within a graph, a version for each operator domain, and tensors that hold what their shapes say. Shapes of
 * values between nodes are the business of shape inference.
 */
export function validate(graph: Graph): void {
  validateIn(graph, graph.opsets, new Map());
}

function validateIn(graph: Graph, opsets: Graph["opsets"], outer: Scope): void {
  const scope: Scope = new Map(outer);
  for (const { name } of graph.inputs) make(scope, name, `an input of graph "${graph.name}"`);
  for (const [name, tensor] of graph.initializers) {
    make(scope, name, `an initializer of graph "${graph.name}"`);
    const fault = tensorFault(tensor);
    if (fault !== undefined) throw errors["tensor-size"]({ tensor: `Initializer "${name}"`, ...fault });
  }

  const named = new Map<string, Node>();
  for (const node of graph.nodes) {
    validateName(node, named);
    if (!Object.hasOwn(opsets, node.domain)) {
      const known =
        Object.entries(opsets)
          .map(([domain, version]) => `"${domain}" ${version}`)
          .join(", ") || "none";
      throw errors["opset-missing"]({ node: node.name, op: node.op, domain: node.domain, known });
    }
    for (const input of node.inputs) {
      if (input !== "" && !scope.has(input)) throw notMade(input, node, graph);
    }
    validateAttributes(node, opsets, scope);
    for (const output of node.outputs) if (output !== "") make(scope, output, `node "${node.name}" (${node.op})`);
  }

  const promised = new Set<string>();
  for (const { name } of graph.outputs) {
    if (!scope.has(name)) throw errors["output-missing"]({ output: name, graph: graph.name });
    if (promised.has(name)) throw errors["output-named-twice"]({ output: name, graph: graph.name });
    promised.add(name);
  }
}

function make(scope: Scope, value: string, maker: string): void {
  if (value === "") throw errors["value-unnamed"]({ where: `A value that is ${maker}` });
  const first = scope.get(value);
  if (first !== undefined) throw errors["value-made-twice"]({ value, first, second: maker });
  scope.set(value, maker);
}

function validateName(node: Node, named: Map<string, Node>): void {
  if (node.name === "")
    throw errors["value-unnamed"]({ where: `A node (${node.op}) that makes "${node.outputs.join('", "')}"` });
  const first = named.get(node.name);
  if (first !== undefined) throw errors["node-name-taken"]({ node: node.name, first: first.op, second: node.op });
  named.set(node.name, node);
}

function validateAttributes(node: Node, opsets: Graph["opsets"], scope: Scope): void {
  for (const [name, attribute] of Object.entries(node.attributes)) {
    if (attribute.type === "graph") validateIn(attribute.value, opsets, scope);
    if (attribute.type !== "tensor") continue;
    const fault = tensorFault(attribute.value);
    if (fault !== undefined)
      throw errors["tensor-size"]({ tensor: `Node "${node.name}", attribute ${name}`, ...fault });
  }
}

/** Tells a value that comes too late, a fault of order, from one that never comes. */
function notMade(value: string, node: Node, graph: Graph) {
  const maker = graph.nodes.find((other) => other.outputs.includes(value));
  if (maker === undefined) return errors["unknown-value"]({ value, node: node.name });
  return errors["value-made-later"]({ value, node: node.name, maker: maker.name });
}
