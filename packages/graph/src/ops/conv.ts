import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape, productOf } from "../ir/shapes.ts";
import { type Attributes, FOVEA_DOMAIN } from "../ir/types.ts";
import { type InferenceRule, mismatch } from "./rule.ts";
import { axesOf, type Layout, layoutOf, mapShape, outputExtents, sizeOfMap, windowOf } from "./spatial.ts";

/** Output [N, K, OH, OW] (or its layout) of maps [N, C, H, W] and kernels [K, C / group, kh, kw]; one to three spatial axes. */
export const convInference: InferenceRule = ({ node, input, attributes }) => {
  const [x, w] = [input(0), input(1)];
  if (x.shape.length < 3 || w.shape.length !== x.shape.length)
    throw mismatch(
      node,
      "maps [N, C, ...] and kernels [K, C / group, ...] of one rank",
      `${formatShape(x.shape)} and ${formatShape(w.shape)}`,
    );
  const layout = layoutOf(attributes);
  const { batch, channel } = axesOf(layout, x.shape.length);
  const channels = x.shape[channel]!;
  const expected = (w.shape[1] as number) * attributes.int("group", 1);
  if (typeof channels === "number" && channels !== expected)
    throw mismatch(node, `${expected} input channels`, String(channels));
  const size = sizeOfMap(x.shape, layout);
  const window = windowOf(attributes, w.shape.slice(2) as number[], size);
  return [{ dtype: x.dtype, shape: mapShape(layout, x.shape[batch]!, w.shape[0]!, outputExtents(size, window)) }];
};

/** Output [N, M, ...] of maps [N, C, ...] and kernels [C, M / group, ...]: each extent is stride (n - 1) + what a window reaches - pads. */
export const convTransposeInference: InferenceRule = ({ node, input, attributes }) => {
  const [x, w] = [input(0), input(1)];
  const size = x.shape.slice(2);
  const kernel = w.shape.slice(2) as number[];
  const { strides, dilations, pads } = windowOf(attributes, kernel, size);
  const extra = attributes.ints(
    "output_padding",
    kernel.map(() => 0),
  );
  const isSame = attributes.string("auto_pad", "NOTSET").startsWith("SAME");
  const spatial =
    attributes.optionalInts("output_shape") ??
    size.map((extent, axis) => {
      const reached = dilations[axis]! * (kernel[axis]! - 1) + 1 - strides[axis]! + extra[axis]!;
      // a window smaller than its step does not fill the extent that SAME asks for, and onnxruntime adds nothing to it
      const growth = isSame ? Math.min(0, reached) : reached - pads[axis]! - pads[axis + kernel.length]!;
      const base = productOf([strides[axis]!, extent]);
      return typeof base === "number"
        ? base + growth
        : growth === 0
          ? base
          : `${base}${growth > 0 ? "+" : ""}${growth}`;
    });
  if (x.shape.length < 3 || w.shape.length !== x.shape.length)
    throw mismatch(
      node,
      "maps [N, C, ...] and kernels [C, M / group, ...] of one rank",
      `${formatShape(x.shape)} and ${formatShape(w.shape)}`,
    );
  return [{ dtype: x.dtype, shape: [x.shape[0]!, (w.shape[1] as number) * attributes.int("group", 1), ...spatial] }];
};

/** Windows of a convolution over one to three spatial axes: strides and dilations 1, no padding and one group unless told. */
export interface ConvOptions {
  /** One number a spatial axis. */
  readonly strides?: readonly number[];
  /** All begins, then all ends: [top, left, bottom, right]. */
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
  readonly group?: number;
}

const convAttributes = (
  kernel: readonly number[],
  { strides, pads, dilations, group = 1 }: ConvOptions,
): Attributes => ({
  kernel_shape: attribute.ints(kernel),
  strides: attribute.ints(strides ?? kernel.map(() => 1)),
  pads: attribute.ints(pads ?? [...kernel, ...kernel].map(() => 0)),
  dilations: attribute.ints(dilations ?? kernel.map(() => 1)),
  group: attribute.int(group),
});

/** Cross-correlation of a map with kernels [K, C / group, kh, kw] and a bias [K]. */
export const conv = (build: GraphBuilder, x: Value, w: Value, bias?: Value, options: ConvOptions = {}): Value =>
  build.node("Conv", bias ? [x, w, bias] : [x, w], {
    attributes: convAttributes(w.shape.slice(2) as number[], options),
  });

/** Windows of a transposed convolution. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the end, below the stride: which of the sizes that a convolution takes to x. */
  readonly outputPadding?: readonly number[];
}

/** The transpose of a convolution: maps [N, C, ...], kernels [C, M / group, ...] and a bias [M] give [N, M, ...]. */
export const convTranspose = (
  build: GraphBuilder,
  x: Value,
  w: Value,
  bias?: Value,
  { outputPadding, ...options }: ConvTransposeOptions = {},
): Value =>
  build.node("ConvTranspose", bias ? [x, w, bias] : [x, w], {
    attributes: {
      ...convAttributes(w.shape.slice(2) as number[], options),
      ...(outputPadding ? { output_padding: attribute.ints(outputPadding) } : {}),
    },
  });

/** fovea.Conv: Conv without bias in a named layout. */
export const convInLayout = (build: GraphBuilder, x: Value, w: Value, attributes: Attributes): Value =>
  build.node("Conv", [x, w], { domain: FOVEA_DOMAIN, attributes });

/** fovea.ConvGradInput(dy, w): gradient of the map; `input_size` is its [H, W]. */
export const convGradInputInference: InferenceRule = ({ input, attributes }) => {
  const [dy, w] = [input(0), input(1)];
  const layout = layoutOf(attributes);
  const channels = (w.shape[1] as number) * attributes.int("group", 1);
  const { batch } = axesOf(layout, dy.shape.length);
  return [{ dtype: dy.dtype, shape: mapShape(layout, dy.shape[batch]!, channels, attributes.ints("input_size", [])) }];
};

/** fovea.ConvGradInput: dx from dy and the kernels w; `attributes` are those of the convolution, `inputSize` the extents of x's map. */
export const convGradInput = (
  build: GraphBuilder,
  dy: Value,
  w: Value,
  attributes: Attributes,
  inputSize: readonly number[],
): Value =>
  build.node("ConvGradInput", [dy, w], {
    domain: FOVEA_DOMAIN,
    attributes: { ...attributes, input_size: attribute.ints(inputSize) },
  });

/** fovea.ConvGradWeight(x, dy): gradient of the kernels [K, C / group, kh, kw]. */
export const convGradWeightInference: InferenceRule = ({ input, attributes }) => {
  const [x, dy] = [input(0), input(1)];
  const { channel } = axesOf(layoutOf(attributes), x.shape.length);
  const channels = (x.shape[channel] as number) / attributes.int("group", 1);
  return [{ dtype: x.dtype, shape: [dy.shape[channel]!, channels, ...attributes.ints("kernel_shape", [])] }];
};

/** fovea.ConvGradWeight: dw from x and dy; `attributes` are those of the convolution, `kernel` the extents of its window. */
export const convGradWeight = (
  build: GraphBuilder,
  x: Value,
  dy: Value,
  attributes: Attributes,
  kernel: readonly number[],
): Value =>
  build.node("ConvGradWeight", [x, dy], {
    domain: FOVEA_DOMAIN,
    attributes: { ...attributes, kernel_shape: attribute.ints(kernel) },
  });

export const withLayout = (attributes: Attributes, layout: Layout): Attributes => ({
  ...attributes,
  layout: attribute.string(layout),
});
