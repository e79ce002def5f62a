import type { Value } from "../ir/builder.ts";
import { staticShape } from "../ir/shapes.ts";
import type { Build } from "../ops/build.ts";
import { axesOf, type Layout, layoutOf, outputExtent, sizeOfMap, windowOf } from "../ops/spatial.ts";
import type { LoweringContext } from "./form.ts";

/** Sizes of a convolution: maps [C, H, W, N] (in `layout`), kernels [K, C / group, kh, kw], output [K, OH, OW, N]. */
export interface Geometry {
  /** [height, width] of the window, its steps and its spread; pads are [top, left, bottom, right]. */
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly layout: Layout;
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly group: number;
  /** Rows and columns of the padded map that no window reaches: (H + pads - window) mod stride. */
  readonly rest: readonly [number, number];
}

type Sizes = Pick<Geometry, "batch" | "channels" | "height" | "width" | "filters">;

const complete = ({ attributes }: LoweringContext, sizes: Sizes, kernel: readonly number[]): Geometry => {
  const window = windowOf(attributes, kernel, [sizes.height, sizes.width]);
  const outputHeight = outputExtent(sizes.height, window, 0) as number;
  const outputWidth = outputExtent(sizes.width, window, 1) as number;
  const slide = window as unknown as Pick<Geometry, "kernel" | "strides" | "dilations" | "pads">;
  const restOf = (extent: number, output: number, axis: 0 | 1) =>
    extent +
    slide.pads[axis] +
    slide.pads[axis === 0 ? 2 : 3] -
    (output - 1) * slide.strides[axis] -
    slide.dilations[axis] * (slide.kernel[axis] - 1) -
    1;
  const rest = [restOf(sizes.height, outputHeight, 0), restOf(sizes.width, outputWidth, 1)] as const;
  return {
    ...slide,
    ...sizes,
    layout: layoutOf(attributes),
    outputHeight,
    outputWidth,
    group: attributes.int("group", 1),
    rest,
  };
};

const mapSizes = (value: Value, layout: Layout) => {
  const shape = staticShape(value.shape, value.name);
  const { batch, channel } = axesOf(layout, shape.length);
  const [height, width] = sizeOfMap(shape, layout) as [number, number];
  return { batch: shape[batch]!, channels: shape[channel]!, height, width };
};

/** Geometry of fovea.Conv(x, w). */
export function forwardGeometry(context: LoweringContext): Geometry {
  const [x, w] = context.inputs as [Value, Value];
  const kernels = staticShape(w.shape, w.name);
  return complete(context, { ...mapSizes(x, layoutOf(context.attributes)), filters: kernels[0]! }, kernels.slice(2));
}

/** Geometry of fovea.ConvGradInput(dy, w). */
export function inputGradientGeometry(context: LoweringContext): Geometry {
  const [dy, w] = context.inputs as [Value, Value];
  const kernels = staticShape(w.shape, w.name);
  const [height, width] = context.attributes.ints("input_size", []) as [number, number];
  const { batch } = mapSizes(dy, layoutOf(context.attributes));
  const channels = kernels[1]! * context.attributes.int("group", 1);
  return complete(context, { batch, channels, height, width, filters: kernels[0]! }, kernels.slice(2));
}

/** Geometry of fovea.ConvGradWeight(x, dy). */
export function weightGradientGeometry(context: LoweringContext): Geometry {
  const [x, dy] = context.inputs as [Value, Value];
  const layout = layoutOf(context.attributes);
  return complete(
    context,
    { ...mapSizes(x, layout), filters: mapSizes(dy, layout).channels },
    context.attributes.ints("kernel_shape", []),
  );
}

export const isPointwise = ({ kernel, pads, group, layout }: Geometry): boolean =>
  layout === "CHWN" && group === 1 && kernel[0] === 1 && kernel[1] === 1 && pads.every((pad) => pad === 0);

export const isDepthwise = ({ channels, filters, group, layout, dilations }: Geometry): boolean =>
  layout === "CHWN" && group === channels && filters === channels && group > 1 && dilations.every((step) => step === 1);

export const hasUnitStride = ({ strides }: Geometry): boolean => strides[0] === 1 && strides[1] === 1;

/** Every `stride`-th row and column of maps [C, H, W, N]. */
export const subsample = (build: Build, x: Value, { strides, height, width }: Geometry): Value =>
  strides[0] === 1 && strides[1] === 1
    ? x
    : build.slice(x, { axes: [1, 2], starts: [0, 0], ends: [height, width], steps: [...strides] });

/** Maps [C, H, W, N] with zeros put between rows and columns, so that extent n becomes stride * (n - 1) + 1. */
export function insertZeros(build: Build, x: Value, strides: readonly [number, number]): Value {
  if (strides[0] === 1 && strides[1] === 1) return x;
  const [channels, height, width, batch] = x.shape as [number, number, number, number];
  const columns = build.reshape(x, [channels, height, 1, width, 1, batch]);
  const spread = build.pad(columns, [0, 0, 0, 0, 0, 0, 0, 0, strides[0] - 1, 0, strides[1] - 1, 0]);
  const wide = build.reshape(spread, [channels, height * strides[0], width * strides[1], batch]);
  return build.slice(wide, {
    axes: [1, 2],
    starts: [0, 0],
    ends: [(height - 1) * strides[0] + 1, (width - 1) * strides[1] + 1],
  });
}

/** Maps [C, H, W, N] with zeros behind every column: [C, H, stride * W, N]. */
export function spreadColumns(build: Build, x: Value, stride: number): Value {
  if (stride === 1) return x;
  const [channels, height, width, batch] = x.shape as [number, number, number, number];
  const columns = build.reshape(x, [channels * height * width, batch]);
  return build.reshape(build.pad(columns, [0, 0, 0, (stride - 1) * batch]), [channels, height, stride * width, batch]);
}
