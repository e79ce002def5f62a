import { attribute } from "../ir/attributes.ts";
import { layoutOf, axesOf, sizeOfMap, spatialAxes, windowOf } from "../ops/spatial.ts";
import { extents, type GradientRule } from "./rule.ts";

/**
 * z[k] = sum_c w[k, c] * x[c] + bias[k] (cross-correlation, any stride, padding, dilation and group), hence
 * dx[c] = sum_k w[k, c] convolved with dz[k], dw[k, c] = x[c] correlated with dz[k], dbias[k] = sum of dz[k].
 * How the two sums are computed fast depends on shapes: they stay operators of our own until lowering.
 */
export const conv: GradientRule = ({ build, node, attributes, inputs: [x, w, bias], dy, needs }) => {
  const layout = layoutOf(attributes);
  const shape = extents(x!);
  const kernel = extents(w!).slice(2);
  const size = sizeOfMap(shape, layout) as number[];
  const { auto_pad: _, ...rest } = node.attributes;
  const fixed = { ...rest, pads: attribute.ints(windowOf(attributes, kernel, size).pads) };
  const channels = extents(w!)[0]!;
  return [
    needs(0) ? build.convGradInput(dy, w!, fixed, size) : null,
    needs(1) ? build.convGradWeight(x!, dy, fixed, kernel) : null,
    bias && needs(2) ? build.reshape(build.reduceSum(dy, { axes: [axesOf(layout, shape.length).batch, ...spatialAxes(layout, shape.length)] }), [channels]) : null,
  ];
};
