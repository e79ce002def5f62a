import type { Value } from "../ir/builder.ts";
import { sameShape } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import { multiplyAxis, productAlong, transposedMatrix } from "../ops/along-axis.ts";
import { repetitionsOf, resizeFactors } from "../ops/resize.ts";
import { resizeMatrix, unresizable } from "../ops/resize-matrix.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

/**
 * y = (A_1 x ... x A_r) x: each axis is interpolated by itself, A_a [out, in] holding the weights of the inputs in each output.
 * Hence dx = (A_1^T x ... x A_r^T) dy, one product with a small matrix an axis. Most elements of A_a are 0, but a product runs at the
 * speed of the processor on every provider and sums in one order, where two to four additions an output at scattered places run at
 * that of the memory; up to extents of some hundred it is no more work than a 3x3 convolution.
 * Nearest neighbours by whole factors need no product: dx = sum of dy over each block.
 */
export const resize: GradientRule = (context) => [gradientOfMap(context), ...context.inputs.slice(1).map(() => null)];

function gradientOfMap(context: GradientContext): Value {
  const { build, node, attributes, inputs, outputs, dy } = context;
  const [from, to] = [extents(inputs[0]!), extents(outputs[0]!)];
  // of equal shapes onnxruntime makes a copy, whatever the scales
  if (sameShape(from, to)) return dy;
  const scales = build.constantOf(inputs[2]);
  const factors = repetitionsOf(attributes, scales, from, to);
  if (factors) return blockSums(context, factors);
  const isNearest = attributes.string("mode", "nearest") === "nearest";
  const obstacle = isNearest ? cropping(context) : unresizable(attributes);
  if (obstacle) throw unsupported(node, obstacle);
  return resizeFactors(attributes, scales, from, to).reduce((gradient, scale, axis) => {
    if (from[axis] === to[axis] && scale === 1) return gradient;
    if (isNearest) return productAlong(build, gradient, axis, nearestMatrix(context, axis, scale));
    const matrix = resizeMatrix(attributes, { from: from[axis]!, to: to[axis]!, scale });
    return matrix ? multiplyAxis(build, gradient, axis, transposedMatrix(matrix)) : gradient;
  }, dy);
}

const cropping = ({ attributes }: GradientContext): string | undefined =>
  attributes.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize"
    ? "a resizing by tf_crop_and_resize"
    : undefined;

function blockSums({ build, inputs, dy }: GradientContext, factors: readonly number[]): Value {
  const shape = extents(inputs[0]!);
  const blocks = shape.flatMap((extent, axis) => [extent, factors[axis]!]);
  const repeated = shape.map((_, axis) => axis * 2 + 1);
  return build.reduceSum(build.reshape(dy, blocks), { axes: repeated, keepDims: false });
}

/**
 * [in, out]: 1 where an output of nearest neighbours along an axis is that input. Which one is asked of the runtime, by resizing the
 * numbers of the inputs alike: where a place lies half way, the last digit of its single precision decides.
 */
function nearestMatrix({ build, node, inputs, outputs }: GradientContext, axis: number, scale: number): Value {
  const [from, to] = [extents(inputs[0]!)[axis]!, extents(outputs[0]!)[axis]!];
  const numbers = Array.from({ length: from }, (_, element) => element);
  const column = build.constant(float32([from, 1], numbers));
  const { axes: _, ...attributes } = node.attributes;
  const scales = inputs[2] && build.constantOf(inputs[2]);
  // of equal shapes it would make a copy, which the node beside another axis does not: a second axis is doubled
  const target =
    scales && scales.shape[0] !== 0 ? [build.constant(float32([2], [scale, 2]))] : [undefined, build.integers([to, 2])];
  const pairs = build.node("Resize", [column, undefined, ...target], { attributes });
  const indices = build.slice(pairs, { axes: [1], starts: [0], ends: [1] });
  return build.cast(build.equal(column, build.reshape(indices, [1, to])), "float32");
}
