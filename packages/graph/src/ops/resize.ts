import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape } from "../ir/shapes.ts";
import { float32, numbersOf } from "../ir/tensors.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

export const resizeInference: InferenceRule = ({ node, input, constant, inputs }) => {
  const { shape, dtype } = input(0);
  const sizes = inputs[3] && constant(3);
  if (sizes) return [{ dtype, shape: numbersOf(sizes) }];
  const scales = inputs[2] && constant(2);
  if (!scales) throw mismatch(node, "constant scales or sizes", "computed ones");
  const factors = numbersOf(scales);
  return [{ dtype, shape: shape.map((extent, axis) => {
    const factor = factors[axis]!;
    if (factor === 1) return extent;
    if (typeof extent === "number") return Math.floor(extent * factor);
    if (Number.isInteger(factor)) return `${factor}*${extent}`;
    throw mismatch(node, "fixed extents on a resized axis", formatShape(shape));
  }) }];
};

/** Repeats every pixel of [N, C, H, W] `factor` times in both directions. */
export const upsampleNearest = (build: GraphBuilder, x: Value, factor: number): Value =>
  build.node("Resize", [x, undefined, build.constant(float32([4], [1, 1, factor, factor]))], {
    attributes: {
      mode: attribute.string("nearest"),
      coordinate_transformation_mode: attribute.string("asymmetric"),
      nearest_mode: attribute.string("floor"),
    },
  });
