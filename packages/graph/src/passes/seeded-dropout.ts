import { errors } from "../errors.ts";
import { knownShape } from "../ir/builder.ts";
import { sizeOf, staticShape } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { streamsFor } from "../ops/random.ts";

export interface SeededDropoutOptions {
  /** A whole number from 0 to 2^24 - 1. */
  readonly seed: number;
  /** Input [1] that holds the number of the step; made where the graph has none. */
  readonly step: string;
}

/**
 * Training form of Dropout: every node of a graph of fixed shapes, the identity until here, drops by masks that follow from seed and
 * step alone (ops/random.ts). A run that goes on from a saved step meets the masks that it would have met.
 */
export function seededDropout(graph: Graph, { seed, step: stepName }: SeededDropoutOptions): Graph {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 24)
    throw errors["seed-out-of-range"]({ received: String(seed) });
  const isDropout = ({ domain, op }: Node) => domain === "" && op === "Dropout";
  if (!graph.nodes.some(isDropout)) return graph;
  const build = createBuilder({ name: graph.name, opset: graph.opsets[""] ?? 1, avoiding: graph });
  for (const input of graph.inputs)
    if (!graph.initializers.has(input.name)) build.input(input.name, knownShape(input), input.dtype);
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  const step = build.has(stepName) ? build.value(stepName) : build.input(stepName, [1]);
  const readers = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  let stream = 0;
  for (const node of graph.nodes) {
    if (!isDropout(node)) {
      build.append(node);
      continue;
    }
    const [output, mask] = node.outputs;
    if (mask && readers.has(mask))
      throw errors["gradient-unsupported"]({ node: node.name, op: node.op, feature: "a mask that is read elsewhere" });
    const x = build.value(node.inputs[0]!);
    const dropped = build.randomDropout(x, { ratio: ratioOf(build, node), seed: build.scalar(seed), step, stream });
    stream += streamsFor(sizeOf(staticShape(x.shape, x.name)));
    build.node("Identity", [dropped], { outputs: [output!], name: node.name });
  }
  for (const { name } of graph.outputs) build.output(build.value(name), name);
  return build.build({ metadata: graph.metadata });
}

/** Half where the node does not say. */
function ratioOf(build: Build, node: Node): number {
  const name = node.inputs[1];
  if (!name) return 0.5;
  const tensor = build.constantOf(build.value(name));
  if (!tensor)
    throw errors["shape-mismatch"]({
      node: node.name,
      op: node.op,
      expected: "a constant ratio",
      received: "a computed one",
    });
  return numbersOf(tensor)[0]!;
}
