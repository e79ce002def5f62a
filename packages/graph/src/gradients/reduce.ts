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
