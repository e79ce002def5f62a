import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import type { Value } from "../ir/builder.ts";
import type { Graph, Node, Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";

/** What is known of the values of a graph, whatever operators it has. */
export interface InferredValues {
  /** Types of inputs, initializers and all outputs of nodes that have a shape rule. */
  readonly types: ReadonlyMap<string, Value>;
  /** Initializers, and values that follow from constants and shapes alone. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Nodes whose outputs are not known, by name, with the fault: of the node itself, or of the one before it that is to blame. */
  readonly unknown: ReadonlyMap<string, FoveaError>;
}

/**
 * Types of all values by the shape rules of `ops/`. Unlike a builder, which refuses a graph at the first operator without a rule,
 * it goes on around such a node and everything that depends on it.
 */
export function inferValues(graph: Graph): InferredValues {
  const build = createBuilder({ name: graph.name, avoiding: graph, opset: graph.opsets[""] ?? 1 });
  const types = new Map<string, Value>();
  const constants = new Map<string, Tensor>(graph.initializers);
  const unknown = new Map<string, FoveaError>();
  const blamed = new Map<string, FoveaError>();
  for (const { name, shape, dtype } of graph.inputs) {
    if (shape) types.set(name, build.input(name, shape, dtype));
    else blamed.set(name, errors["shape-not-static"]({ value: name, shape: "[?]" }));
  }
  for (const [name, tensor] of graph.initializers) types.set(name, build.constant(tensor, name));
  for (const node of graph.nodes) {
    const fault = node.inputs.map((name) => blamed.get(name)).find((found) => found !== undefined) ?? attempt(node);
    if (!fault) continue;
    unknown.set(node.name, fault);
    for (const output of node.outputs) blamed.set(output, fault);
  }
  return { types, constants, unknown };

  function attempt(node: Node): FoveaError | undefined {
    try {
      for (const value of build.append(node)) {
        if (value.name === "") continue;
        types.set(value.name, value);
        const constant = build.constantOf(value);
        if (constant) constants.set(value.name, constant);
      }
      return undefined;
    } catch (error) {
      if (error instanceof FoveaError) return error;
      // a rule that trips over a file which no rule of the format allows
      const received = error instanceof Error ? error.message : String(error);
      return errors["shape-mismatch"](
        { node: node.name, op: node.op, expected: "operands as ONNX has them", received: `others (${received})` },
        { cause: error },
      );
    }
  }
}
