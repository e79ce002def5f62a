import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { int64 } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { extents, type GradientRule, unsupported } from "./rule.ts";

const zeros = (build: Build, x: Value): Value => build.expand(build.scalar(0), extents(x));

/** values = the k largest of x along an axis: dx is dy put back in their places, 0 elsewhere; equal elements as onnxruntime picks them. */
export const topK: GradientRule = ({ build, attributes, inputs: [x], outputs: [, indices], dy }) => [
  build.scatterElements(zeros(build, x!), indices!, dy, { axis: attributes.int("axis", -1) }),
  null,
];

/** y[i, j] = x[indices[i, j], j]: dx is the sum of dy over all places that took an element. */
export const gatherElements: GradientRule = ({ build, attributes, inputs: [x, indices], dy }) => [
  build.scatterElements(zeros(build, x!), indices!, dy, { axis: attributes.int("axis", 0), reduction: "add" }),
  null,
];

/**
 * y[b, ...] = x[b, indices[b, ...]]: as above; the common axes b become indices too, since ScatterND has none. Added in order, since
 * onnxruntime's ScatterND with `add` is a race (docs/engine.md).
 */
export const gatherND: GradientRule = ({ build, attributes, inputs: [x, indices], dy }) => {
  const places = withBatchIndices(build, indices!, attributes.int("batch_dims", 0));
  return [build.scatterInOrder(zeros(build, x!), places, dy, { reduction: "add" }), null];
};

/** Indices [b..., ..., k] with the position along the first `count` axes written before each tuple: [b..., ..., count + k]. */
function withBatchIndices(build: Build, indices: Value, count: number): Value {
  if (count === 0) return indices;
  const places = extents(indices).slice(0, -1);
  const size = sizeOf(places);
  const positions = Array.from({ length: size * count }, (_, element) => {
    const axis = element % count;
    const stride = sizeOf(places.slice(axis + 1));
    return Math.floor(Math.floor(element / count) / stride) % places[axis]!;
  });
  return build.concat([build.constant(int64(positions, [...places, count])), indices], { axis: -1 });
}

/** y = x with updates in some places (`none`: no place twice), or added to them (`add`); other reductions have no rule. */
const reductionOf = ({ node, attributes }: Parameters<GradientRule>[0]): "none" | "add" => {
  const reduction = attributes.string("reduction", "none");
  if (reduction !== "none" && reduction !== "add") throw unsupported(node, `the reduction "${reduction}"`);
  return reduction;
};

/** dupdates = dy in the places of the updates; dx = dy, and 0 in those places where they were replaced. */
export const scatterElements: GradientRule = (context) => {
  const { build, attributes, inputs, dy, needs } = context;
  const [, indices, updates] = inputs;
  const axis = attributes.int("axis", 0);
  const isReplaced = reductionOf(context) === "none";
  return [
    needs(0) && isReplaced ? build.scatterElements(dy, indices!, zeros(build, updates!), { axis }) : dy,
    null,
    needs(2) ? build.gatherElements(dy, indices!, { axis }) : null,
  ];
};

/** The same for slices of x that tuples of indices name. */
export const scatterND: GradientRule = (context) => {
  const { build, inputs, dy, needs } = context;
  const [, indices, updates] = inputs;
  const isReplaced = reductionOf(context) === "none";
  return [
    needs(0) && isReplaced ? build.scatterND(dy, indices!, zeros(build, updates!)) : dy,
    null,
    needs(2) ? build.gatherND(dy, indices!) : null,
  ];
};
