import { errors } from "../errors.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { formatShape, sameShape } from "../ir/shapes.ts";
import { int64, numbersOf } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";

/** Operand of an operator that holds a shape whose first extent is the batch. */
const shapeOperands: Readonly<Record<string, number>> = { Reshape: 1, Resize: 3, Expand: 1 };

/**
 * Gives a graph that was exported for one sample a batch of `batch`: the first axis of every input, and the 1 in front of the shapes that
 * the file states (Reshape, Resize, Expand) where what is reshaped has the batch in front. Each output must keep its other extents, or
 * the graph mixes samples and the batch stays as it is: an error.
 */
export function setBatch(graph: Graph, batch: number): Graph {
  if (!(Number.isSafeInteger(batch) && batch >= 1))
    throw errors["dimension-extent"]({ dimension: "batch", received: String(batch) });
  const build = createBuilder({ name: graph.name, opset: graph.opsets[""] ?? 1, avoiding: graph });
  for (const input of graph.inputs) {
    const shape = knownShape(input);
    build.input(input.name, shape.length === 0 ? shape : [batch, ...shape.slice(1)], input.dtype);
  }
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  for (const node of graph.nodes) appendNode(build, node, batch);
  for (const { name, shape } of graph.outputs) {
    const value = build.value(name);
    if (shape && !(value.shape[0] === batch && sameShape(value.shape.slice(1), shape.slice(1)))) {
      throw errors["batch-fixed"]({
        output: name,
        expected: formatShape([batch, ...shape.slice(1)]),
        received: formatShape(value.shape),
      });
    }
    build.output(value, name);
  }
  return build.build({ metadata: graph.metadata });
}

function appendNode(build: Build, node: Node, batch: number): readonly Value[] {
  const operand = node.domain === "" ? shapeOperands[node.op] : undefined;
  const name = operand === undefined ? undefined : node.inputs[operand];
  if (!name || operand === undefined || !build.has(name)) return build.append(node);
  const stated = build.constantOf(build.value(name));
  const numbers = stated && numbersOf(stated);
  if (numbers?.[0] !== 1 || build.value(node.inputs[0]!).shape[0] !== batch) return build.append(node);
  const shape = build.constant(int64([batch, ...numbers.slice(1)]));
  return build.append({ ...node, inputs: node.inputs.with(operand, shape.name) });
}
