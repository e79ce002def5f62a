import type { Value } from "../ir/builder.ts";
import { reductionAxes } from "../ops/reduce.ts";
import { extents, type GradientContext, type GradientRule } from "./rule.ts";

const axesIn = ({ attributes, build, inputs }: GradientContext): number[] =>
  reductionAxes({ attributes, constant: (index) => build.constantOf(inputs[index]) }, inputs[0]!.shape.length);

/** A reduced value with its axes kept as extents of 1, so that it broadcasts over the input. */
const kept = (context: GradientContext, value: Value): Value => {
  const axes = new Set(axesIn(context));
  return context.build.reshape(
    value,
    extents(context.inputs[0]!).map((extent, axis) => (axes.has(axis) ? 1 : extent)),
  );
};

/** y = sum of x: dx = dy, repeated. */
export const reduceSum: GradientRule = (context) => [
  context.build.expand(kept(context, context.dy), extents(context.inputs[0]!)),
  null,
];

/** y = mean of n elements of x: dx = dy / n, repeated. */
export const reduceMean: GradientRule = (context) => {
  const shape = extents(context.inputs[0]!);
  const count = axesIn(context).reduce((product, axis) => product * shape[axis]!, 1);
  return [context.build.expand(kept(context, context.build.mul(context.dy, 1 / count)), shape), null];
};

/** y = the largest, or the smallest, of x: dy to it; shared evenly between equal ones. */
export const reduceExtremum: GradientRule = (context) => {
  const { build, inputs, outputs, dy } = context;
  const isExtremum = build.cast(build.equal(inputs[0]!, kept(context, outputs[0]!)), "float32");
  const share = build.div(kept(context, dy), build.reduceSum(isExtremum, { axes: axesIn(context) }));
  return [build.mul(isExtremum, share), null];
};

/** y = sqrt(sum of x^2): dx = dy x / y, and 0 where y is 0. */
export const reduceL2: GradientRule = (context) => {
  const { build, inputs, outputs, dy } = context;
  // where y is 0 every x is too
  const norm = build.max(outputs[0]!, SMALLEST_NORM);
  return [build.mul(inputs[0]!, kept(context, build.div(dy, norm))), null];
};

/** Least divisor, far below any norm that a float32 training meets. */
const SMALLEST_NORM = 1e-30;

/** y = sum of x^2: dx = 2 dy x. */
export const reduceSumSquare: GradientRule = (context) => [
  context.build.mul(context.inputs[0]!, kept(context, context.build.mul(context.dy, 2))),
  null,
];

/** y[n, c] = mean over the map: dx = dy / (H W), repeated. */
export const globalAveragePool: GradientRule = ({ build, inputs: [x], dy }) => {
  const shape = extents(x!);
  const count = shape.slice(2).reduce((product, extent) => product * extent, 1);
  return [build.expand(build.mul(dy, 1 / count), shape)];
};

/** y = sum of |x|: dx = dy sign(x), 0 at 0. */
export const reduceL1: GradientRule = (context) => [
  context.build.mul(context.build.sign(context.inputs[0]!), kept(context, context.dy)),
  null,
];

/** y = ln(sum of x): dx = dy e^-y, repeated. */
export const reduceLogSum: GradientRule = (context) => {
  const { build, inputs, outputs, dy } = context;
  const share = build.mul(dy, build.exp(build.neg(outputs[0]!)));
  return [build.expand(kept(context, share), extents(inputs[0]!)), null];
};

/** y = ln(sum of e^x): dx = dy e^(x - y), the softmax of x; 0 where all of x is minus infinity. */
export const reduceLogSumExp: GradientRule = (context) => {
  const { build, inputs, outputs, dy } = context;
  const finite = build.max(outputs[0]!, LOWEST);
  return [build.mul(build.exp(build.sub(inputs[0]!, kept(context, finite))), kept(context, dy)), null];
};

/** Near the lowest float32, so that minus infinity less it is minus infinity and not NaN. */
const LOWEST = -3.4e38;

/**
 * y = product of x: dx_i = dy times the product of the others. Without dividing by 0: with p the product of all that are not 0, that is
 * p / x_i where no other is 0 (p itself for x_i = 0), and 0 where another is.
 */
export const reduceProd: GradientRule = (context) => {
  const { build, inputs, dy } = context;
  const axes = axesIn(context);
  const isZero = build.cast(build.equal(inputs[0]!, 0), "float32");
  const nonZero = build.add(inputs[0]!, isZero);
  if (axes.length === 0) return [dy, null];
  const otherZeros = build.sub(build.reduceSum(isZero, { axes }), isZero);
  const product = build.div(build.reduceProd(nonZero, { axes }), nonZero);
  const others = build.mul(product, build.cast(build.equal(otherZeros, 0), "float32"));
  return [build.mul(others, kept(context, dy)), null];
};
