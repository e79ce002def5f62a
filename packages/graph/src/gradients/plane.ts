import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Attributes, Node } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import type { Window } from "../ops/spatial.ts";
import { extents } from "./rule.ts";

/** A line [N, C, L] seen as a map of one row, [N, C, 1, L]; other values as they are. */
export const asPlane = (build: Build, value: Value): Value => {
  const shape = extents(value);
  return shape.length === 3 ? build.reshape(value, [shape[0]!, shape[1]!, 1, shape[2]!]) : value;
};

/** A gradient of a plane in the shape of what the plane was made of. */
export const unplaned = (build: Build, gradient: Value, like: Value): Value =>
  like.shape.length === 3 ? build.reshape(gradient, extents(like)) : gradient;

/** Numbers of one axis as those of height and width; others as they are. */
export const inPlane = (values: readonly number[], row: number): readonly number[] =>
  values.length === 1 ? [row, values[0]!] : values;

/** Attributes of a node over a plane, with its window and pads written out. */
export function planeAttributes({ attributes }: Pick<Node, "attributes">, window: Window): Attributes {
  const { auto_pad: _, ...rest } = attributes;
  const axes = window.kernel.length;
  return {
    ...rest,
    kernel_shape: attribute.ints(inPlane(window.kernel, 1)),
    strides: attribute.ints(inPlane(window.strides, 1)),
    dilations: attribute.ints(inPlane(window.dilations, 1)),
    pads: attribute.ints([...inPlane(window.pads.slice(0, axes), 0), ...inPlane(window.pads.slice(axes), 0)]),
  };
}
