import { errors } from "../errors.ts";
import { formatShape } from "../ir/shapes.ts";
import type { Graph, ValueInfo } from "../ir/types.ts";
import { freezeShapes } from "./freeze-shapes.ts";

/**
 * Gives inputs their shapes as numbers: `fixShapes(graph, { image: [1, 3, 320, 320] })`. Where the file has a name, that name becomes the
 * number everywhere; where it has a number, the number must be the same. The one input of a graph may go by any name.
 */
export function fixShapes(graph: Graph, shapes: Readonly<Record<string, readonly number[]>>): Graph {
  const extents: Record<string, number> = {};
  for (const [given, shape] of Object.entries(shapes)) {
    const input = inputOf(graph, given);
    const own = input.shape ?? shape.map((_, axis) => `${input.name}_${axis}`);
    const fault = errors["input-shape"]({
      input: input.name,
      expected: formatShape(own),
      received: formatShape(shape),
    });
    if (own.length !== shape.length) throw fault;
    for (const [axis, extent] of own.entries()) {
      const number = shape[axis]!;
      if (typeof extent === "string") {
        if ((extents[extent] ?? number) !== number) throw fault;
        extents[extent] = number;
      } else if (extent !== number) throw fault;
    }
  }
  const ranked = { ...graph, inputs: graph.inputs.map((input) => withRank(input, shapes)) };
  return freezeShapes(ranked, extents);
}

function inputOf({ inputs }: Graph, name: string): ValueInfo {
  const found = inputs.find((input) => input.name === name) ?? (inputs.length === 1 ? inputs[0] : undefined);
  if (found) return found;
  throw errors["unknown-input"]({ input: name, known: inputs.map((input) => input.name).join(", ") || "none" });
}

/** An input of unknown rank takes that of the shape that is given. */
const withRank = (input: ValueInfo, shapes: Readonly<Record<string, readonly number[]>>): ValueInfo =>
  input.shape ? input : { ...input, shape: shapes[input.name]?.map((_, axis) => `${input.name}_${axis}`) };
