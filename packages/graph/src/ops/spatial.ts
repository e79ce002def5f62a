import type { AttributeReader } from "../ir/attributes.ts";
import type { Dimension, Shape } from "../ir/types.ts";

/** Order of the axes of a feature map: ONNX's own, or batch innermost (see docs/engine.md). */
export type Layout = "NCHW" | "CHWN";

/** Axes of batch and channel in a map of this rank. */
export const axesOf = (layout: Layout, rank: number): { batch: number; channel: number } =>
  layout === "NCHW" ? { batch: 0, channel: 1 } : { batch: rank - 1, channel: 0 };

export const layoutOf = (attributes: AttributeReader): Layout => attributes.string("layout", "NCHW") as Layout;

/** Axes of the spatial extents of a map of this rank: 2, 3, ... in ONNX's layout, 1, 2, ... with the batch innermost. */
export const spatialAxes = (layout: Layout, rank: number): number[] =>
  Array.from({ length: rank - 2 }, (_, axis) => axis + (layout === "NCHW" ? 2 : 1));

/** The spatial extents of a map: [H, W] of [N, C, H, W] or of [C, H, W, N]. */
export const sizeOfMap = (shape: Shape, layout: Layout): Shape =>
  spatialAxes(layout, shape.length).map((axis) => shape[axis]!);

/** A feature map's shape in the given layout. */
export const mapShape = (layout: Layout, batch: Dimension, channels: Dimension, spatial: Shape): Shape =>
  layout === "NCHW" ? [batch, channels, ...spatial] : [channels, ...spatial, batch];

/** How a window slides over a map: one number a spatial axis (height, width, ...); pads are all begins, then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  /** Whether a last window that is only partly inside the map counts. */
  readonly ceil: boolean;
}

/** The window of a convolution or pooling node over a map of this size; resolves auto_pad. */
export function windowOf(attributes: AttributeReader, kernel: readonly number[], size: readonly Dimension[]): Window {
  const ones = kernel.map(() => 1);
  const strides = attributes.ints("strides", ones);
  const dilations = attributes.ints("dilations", ones);
  const automatic = attributes.string("auto_pad", "NOTSET");
  const pads = automatic.startsWith("SAME")
    ? samePads({ kernel, strides, dilations }, size as number[], automatic === "SAME_UPPER")
    : attributes.ints(
        "pads",
        [...kernel, ...kernel].map(() => 0),
      );
  return { kernel, strides, dilations, pads, ceil: attributes.int("ceil_mode", 0) === 1 };
}

function samePads(
  { kernel, strides, dilations }: Pick<Window, "kernel" | "strides" | "dilations">,
  size: readonly number[],
  upper: boolean,
): number[] {
  const totals = kernel.map((extent, axis) => {
    const output = Math.ceil(size[axis]! / strides[axis]!);
    return Math.max(0, (output - 1) * strides[axis]! + dilations[axis]! * (extent - 1) + 1 - size[axis]!);
  });
  const begins = totals.map((total) => (upper ? Math.floor(total / 2) : Math.ceil(total / 2)));
  return [...begins, ...totals.map((total, axis) => total - begins[axis]!)];
}

/** Extent of the output along one spatial axis (0 height, 1 width, ...); an open extent stays open. */
export function outputExtent(
  extent: Dimension,
  { kernel, strides, dilations, pads, ceil }: Window,
  axis: number,
): Dimension {
  const reach = dilations[axis]! * (kernel[axis]! - 1);
  const padding = pads[axis]! + pads[axis + kernel.length]!;
  if (typeof extent !== "number") return openExtent(extent, strides[axis]!, padding - reach, ceil);
  const steps = (extent + padding - reach - 1) / strides[axis]!;
  if (!ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  // since opset 19 a window that would start in the padding at the end is left out
  return (count - 1) * strides[axis]! >= extent + pads[axis]! ? count - 1 : count;
}

/**
 * Name of an open extent after a window: the formula of its number, so that equal names are equal numbers.
 * `growth` is padding minus what the window reaches beyond its first element; NaN under auto_pad, where ceil(extent / stride) are left.
 */
function openExtent(extent: string, stride: number, growth: number, ceil: boolean): Dimension {
  if (Number.isNaN(growth)) return stride === 1 ? extent : `ceil((${extent})/${stride})`;
  if (stride === 1) return growth === 0 ? extent : `${extent}${signed(growth)}`;
  return ceil
    ? `ceil((${extent}${signed(growth - 1)})/${stride})+1`
    : `floor((${extent}${signed(growth - 1)})/${stride})+1`;
}

const signed = (value: number): string => (value === 0 ? "" : value > 0 ? `+${value}` : String(value));

/** Extents of the output of a window that slides over a map. */
export const outputExtents = (size: Shape, window: Window): Shape =>
  size.map((extent, axis) => outputExtent(extent, window, axis));
