import { type AttributeReader, attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape, normalizeAxis, productOf, sizeOf } from "../ir/shapes.ts";
import { float32, numbersOf } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

/** Axes to which the scales or sizes of a Resize node belong, in their order. */
const resizedAxes = (attributes: AttributeReader, rank: number): readonly number[] =>
  attributes
    .ints(
      "axes",
      Array.from({ length: rank }, (_, axis) => axis),
    )
    .map((axis) => normalizeAxis(axis, rank));

/** A list of all axes in which those named have other values. */
const placed = <Item>(all: readonly Item[], axes: readonly number[], values: readonly Item[]): readonly Item[] =>
  all.map((item, axis) => (axes.includes(axis) ? values[axes.indexOf(axis)]! : item));

export const resizeInference: InferenceRule = ({ node, input, constant, inputs, attributes }) => {
  const { shape, dtype } = input(0);
  const axes = resizedAxes(attributes, shape.length);
  const sizes = inputs[3] && constant(3);
  if (attributes.string("keep_aspect_ratio_policy", "stretch") !== "stretch")
    throw mismatch(node, "sizes that are met (keep_aspect_ratio_policy stretch)", "a policy that changes them");
  if (sizes) return [{ dtype, shape: placed(shape, axes, numbersOf(sizes)) }];
  const own = node.attributes.scales; // of Upsample before opset 9
  const operand = constant(inputs.length === 2 ? 1 : 2); // the second input before opset 11
  const scales = own?.type === "floats" ? float32([own.value.length], own.value) : operand;
  if (!scales) throw mismatch(node, "constant scales or sizes", "computed ones");
  const factors = placed(
    shape.map(() => 1),
    axes,
    numbersOf(scales),
  );
  return [
    {
      dtype,
      shape: shape.map((extent, axis) => {
        const factor = factors[axis]!;
        if (factor === 1) return extent;
        // onnxruntime multiplies in single precision: 3 x 5/3 is 5 there, and 4.999... in double
        if (typeof extent === "number") return Math.floor(Math.fround(extent * factor));
        if (Number.isInteger(factor)) return productOf([factor, extent]);
        throw mismatch(node, "fixed extents on a resized axis", formatShape(shape));
      }),
    },
  ];
};

/** Pairs of coordinate_transformation_mode and nearest_mode in which nearest resizing by whole factors repeats every element. */
const repeatingModes: ReadonlySet<string> = new Set([
  "asymmetric floor",
  "tf_half_pixel_for_nn floor",
  "half_pixel round_prefer_floor",
  "half_pixel round_prefer_ceil",
  "pytorch_half_pixel round_prefer_floor",
  "pytorch_half_pixel round_prefer_ceil",
]);

/** How often a Resize node repeats each axis; undefined where it does anything else than repeat elements whole times. */
export function repetitionsOf(
  attributes: AttributeReader,
  scales: Tensor | undefined,
  from: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  const coordinates = attributes.string("coordinate_transformation_mode", "half_pixel");
  const rounding = attributes.string("nearest_mode", "round_prefer_floor");
  const repeats =
    attributes.string("mode", "nearest") === "nearest" && repeatingModes.has(`${coordinates} ${rounding}`);
  const factors = resizeFactors(attributes, scales, from, to);
  return repeats && factors.every(Number.isInteger) ? factors : undefined;
}

/** By how much a Resize node multiplies each axis; its scales, where it has them, need not be the quotients of the extents. */
export const resizeFactors = (
  attributes: AttributeReader,
  scales: Tensor | undefined,
  from: readonly number[],
  to: readonly number[],
): readonly number[] =>
  scales && sizeOf(scales.shape) > 0
    ? placed(
        from.map(() => 1),
        resizedAxes(attributes, from.length),
        numbersOf(scales),
      )
    : from.map((extent, axis) => to[axis]! / extent);

/** Repeats every pixel of [N, C, H, W] `factor` times in both directions. */
export const upsampleNearest = (build: GraphBuilder, x: Value, factor: number): Value =>
  build.node("Resize", [x, undefined, build.constant(float32([4], [1, 1, factor, factor]))], {
    attributes: {
      mode: attribute.string("nearest"),
      coordinate_transformation_mode: attribute.string("asymmetric"),
      nearest_mode: attribute.string("floor"),
    },
  });
