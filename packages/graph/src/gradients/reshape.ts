import { extents, type GradientRule, sumTo } from "./rule.ts";

/** y = x in another shape (Reshape, Flatten, Squeeze, Unsqueeze): dx = dy in the shape of x. */
export const reshape: GradientRule = ({ build, inputs: [x], dy }) => [build.reshape(dy, extents(x!)), null];

/** y = x with its axes permuted: dx = dy permuted back. */
export const transpose: GradientRule = ({ build, attributes, inputs: [x], dy }) => {
  const permutation = attributes.ints(
    "perm",
    x!.shape.map((_, axis) => x!.shape.length - 1 - axis),
  );
  return [
    build.transpose(
      dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ];
};

/** y = x repeated along axes of extent 1: dx = dy summed over them. */
export const expand: GradientRule = ({ build, inputs: [x], dy }) => [sumTo(build, dy, x!), null];
