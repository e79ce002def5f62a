import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { axesOf, layoutOf, sizeOfMap, spatialAxes, windowOf } from "../ops/spatial.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

/**
 * z[k] = sum_c w[k, c] * x[c] + bias[k] (cross-correlation, any stride, padding, dilation and group), hence
 * dx[c] = sum_k w[k, c] convolved with dz[k], dw[k, c] = x[c] correlated with dz[k], dbias[k] = sum of dz[k].
 * How the two sums are computed fast depends on shapes: they stay operators of our own until lowering.
 */
export const conv: GradientRule = (context) => {
  const {
    build,
    node,
    attributes,
    inputs: [x, w, bias],
    dy,
    needs,
  } = context;
  const layout = layoutOf(attributes);
  const shape = extents(x!);
  if (shape.length > 4) throw unsupported(node, "a convolution over three axes");
  const { kernel, size, fixed } = planeOf(context);
  const [map, kernels, gradient] = [x!, w!, dy].map((value) => asPlane(context, value)) as [Value, Value, Value];
  const back = (value: Value, like: Value) => (shape.length === 3 ? build.reshape(value, extents(like)) : value);
  const others = [axesOf(layout, shape.length).batch, ...spatialAxes(layout, shape.length)];
  return [
    needs(0) ? back(build.convGradInput(gradient, kernels, fixed, size), x!) : null,
    needs(1) ? back(build.convGradWeight(map, gradient, fixed, kernel), w!) : null,
    bias && needs(2) ? build.reshape(build.reduceSum(dy, { axes: others }), [extents(w!)[0]!]) : null,
  ];
};

/** A line [N, C, L] seen as a map of one row. */
const asPlane = ({ build }: GradientContext, value: Value): Value => {
  const shape = extents(value);
  return shape.length === 3 ? build.reshape(value, [shape[0]!, shape[1]!, 1, shape[2]!]) : value;
};

/** Window and attributes over height and width; a line has height 1. */
function planeOf({ node, attributes, inputs: [x, w] }: GradientContext) {
  const window = windowOf(attributes, extents(w!).slice(2), sizeOfMap(extents(x!), layoutOf(attributes)));
  const isLine = window.kernel.length === 1;
  const inPlane = (values: readonly number[], row: number) =>
    isLine ? values.flatMap((value) => [row, value]) : values;
  const kernel = inPlane(window.kernel, 1);
  const { auto_pad: _, ...rest } = node.attributes;
  const fixed = {
    ...rest,
    kernel_shape: attribute.ints(kernel),
    strides: attribute.ints(inPlane(window.strides, 1)),
    dilations: attribute.ints(inPlane(window.dilations, 1)),
    pads: attribute.ints(inPlane(window.pads, 0)),
  };
  return { kernel, size: inPlane(sizeOfMap(extents(x!), layoutOf(attributes)) as number[], 1), fixed };
}
