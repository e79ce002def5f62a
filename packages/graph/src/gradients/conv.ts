import type { Value } from "../ir/builder.ts";
import type { Attributes } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { axesOf, layoutOf, sizeOfMap, spatialAxes, windowOf } from "../ops/spatial.ts";
import { asPlane, inPlane, planeAttributes, unplaned } from "./plane.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

/**
 * z[k] = sum_c w[k, c] * x[c] + bias[k] (cross-correlation over one to three axes; any stride, padding, dilation and group), hence
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
  const shape = extents(x!);
  if (shape.length > 5) throw unsupported(node, "a convolution over more than three axes");
  const layout = layoutOf(attributes);
  const size = sizeOfMap(shape, layout) as number[];
  const kernel = extents(w!).slice(2);
  const fixed = planeAttributes(node, windowOf(attributes, kernel, size));
  const [map, kernels, gradient] = [x!, w!, dy].map((value) => asPlane(build, value)) as [Value, Value, Value];
  return [
    needs(0) ? unplaned(build, build.convGradInput(gradient, kernels, fixed, inPlane(size, 1)), x!) : null,
    needs(1) ? unplaned(build, build.convGradWeight(map, gradient, fixed, inPlane(kernel, 1)), w!) : null,
    bias && needs(2)
      ? channelSums(build, dy, [axesOf(layout, shape.length).batch, ...spatialAxes(layout, shape.length)])
      : null,
  ];
};

/** Gradient of a bias [K]: the sum over all axes but that of the channels. */
const channelSums = (build: Build, dy: Value, axes: readonly number[]): Value =>
  build.reduceSum(dy, { axes, keepDims: false });

/**
 * The transpose of a convolution: y[m] = sum_c w[c, m] convolved with x[c] + bias[m], what a convolution of y-shaped maps with the same
 * kernels has as its input gradient. Hence dx is that convolution of dy, dw[c, m] = dy[m] correlated with x[c], dbias[m] = sum of dy[m].
 */
export const convTranspose: GradientRule = (context) => {
  const {
    build,
    node,
    inputs: [x, w, bias],
    dy,
    needs,
  } = context;
  const shape = extents(x!);
  if (shape.length > 5) throw unsupported(node, "a transposed convolution over more than three axes");
  const kernel = extents(w!).slice(2);
  const attributes = inverseOf(context);
  const [map, kernels, gradient] = [x!, w!, dy].map((value) => asPlane(build, value)) as [Value, Value, Value];
  return [
    needs(0) ? unplaned(build, build.node("Conv", [gradient, kernels], { attributes }), x!) : null,
    needs(1) ? unplaned(build, build.convGradWeight(gradient, map, attributes, inPlane(kernel, 1)), w!) : null,
    bias && needs(2) ? channelSums(build, dy, [0, ...spatialAxes("NCHW", shape.length)]) : null,
  ];
};

/**
 * Attributes of the convolution whose transpose the node is. The pads before the map are the node's own; those behind follow from the
 * extents, whatever of output_padding, output_shape and auto_pad they came from. Where the windows of x do not reach the end of y, the
 * rest is below a stride, and the convolution leaves it out too.
 */
function inverseOf({ node, attributes, inputs: [x, w], dy }: GradientContext): Attributes {
  const size = extents(x!).slice(2);
  const kernel = extents(w!).slice(2);
  const output = extents(dy).slice(2);
  const window = windowOf(attributes, kernel, size);
  const { strides, dilations } = window;
  const full = size.map((extent, axis) => strides[axis]! * (extent - 1) + dilations[axis]! * (kernel[axis]! - 1) + 1);
  const begins = beginsOf({ node, attributes, full, output, own: window.pads });
  const ends = full.map((extent, axis) => Math.max(0, extent - begins[axis]! - output[axis]!));
  const { output_padding: _, output_shape: __, ...rest } = node.attributes;
  return planeAttributes({ attributes: rest }, { ...window, pads: [...begins, ...ends] });
}

interface Extents extends Pick<GradientContext, "node" | "attributes"> {
  /** Extents that the windows of x reach, and those of y. */
  readonly full: readonly number[];
  readonly output: readonly number[];
  readonly own: readonly number[];
}

/** Pads before the map: the node's own, or, where the extents of y are given or follow from auto_pad, half of what is then cut. */
function beginsOf({ node, attributes, full, output, own }: Extents): readonly number[] {
  const automatic = attributes.string("auto_pad", "NOTSET");
  const isShared = automatic.startsWith("SAME") || attributes.has("output_shape");
  if (!isShared) return automatic === "VALID" ? full.map(() => 0) : own.slice(0, full.length);
  const extra = attributes.ints(
    "output_padding",
    full.map(() => 0),
  );
  if (attributes.has("output_shape") && attributes.ints("output_shape", []).length !== full.length)
    throw unsupported(node, "an output_shape of other axes than the spatial ones");
  return full.map((extent, axis) => {
    const total = Math.max(0, extent + extra[axis]! - output[axis]!);
    return automatic === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}
