import type { GradientRule } from "./rule.ts";

/**
 * y = softmax(x) along `axis`, hence dx = y (dy - sum_axis(dy y)).
 * Reads y, not x: the forward pass has already paid for the exponentials.
 */
export const softmax: GradientRule = ({ build, attributes, outputs: [y], dy }) => {
  const dot = build.reduceSum(build.mul(dy, y!), { axes: [attributes.int("axis", -1)] });
  return [build.mul(y!, build.sub(dy, dot))];
};

/** y = x - ln sum_axis(e^x), hence dx = dy - e^y sum_axis(dy). */
export const logSoftmax: GradientRule = ({ build, attributes, outputs: [y], dy }) => [
  build.sub(dy, build.mul(build.exp(y!), build.reduceSum(dy, { axes: [attributes.int("axis", -1)] }))),
];
