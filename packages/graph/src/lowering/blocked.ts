import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { blockedConv, reorderInput, reorderOutput } from "../ops/internal.ts";
import type { Target } from "./form.ts";
import { type Geometry, hasUnitStride, isDepthwise } from "./geometry.ts";

const hasUnitDilation = ({ dilations }: Geometry): boolean => dilations[0] === 1 && dilations[1] === 1;

/** Whether onnxruntime's blocked kernels take this convolution: stride 1 and whole blocks of channels on both sides. */
export const canBlock = (geometry: Geometry, { blockedChannels }: Target): boolean =>
  blockedChannels > 0 &&
  geometry.layout === "CHWN" &&
  geometry.group === 1 &&
  hasUnitStride(geometry) &&
  hasUnitDilation(geometry) &&
  geometry.channels % blockedChannels === 0 &&
  geometry.filters % blockedChannels === 0;

/** Depthwise, of any strides: what they leave out is computed too or multiplied by zeros, since memory takes the time. */
export const canBlockDepthwise = (geometry: Geometry, { blockedChannels }: Target): boolean =>
  blockedChannels > 0 && isDepthwise(geometry) && geometry.channels % blockedChannels === 0;

/** Where the window starts and ends in the maps: [top, left, bottom, right], and the groups of a depthwise convolution. */
export interface BlockedOptions {
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
  readonly group?: number;
  /** Steps from row to row; columns are all computed. */
  readonly rowStride?: number;
}

/** Maps [C, H, W, N] as one of rows W * N wide, [1, C, H, W * N], in blocks of channels. Equal calls become one node. */
export function blockedRows(build: Build, maps: Value): Value {
  const [channels, height, width, batch] = maps.shape as [number, number, number, number];
  return reorderInput(build, build.reshape(maps, [1, channels, height, width * batch]));
}

/** Maps [K, H, W, N] from rows in blocks of channels. */
export function mapsOfRows(build: Build, rows: Value, batch: number): Value {
  const [, channels, height, columns] = rows.shape as [number, number, number, number];
  return build.reshape(reorderOutput(build, rows), [channels, height, columns / batch, batch]);
}

/**
 * Convolution of maps [C, H, W, N] with blocked kernels: [K, OH, OW, N]. The maps are seen as one of rows W * N wide, on which the
 * next column lies N steps further.
 */
export const blockedConvolution = (build: Build, maps: Value, weights: Value, options: BlockedOptions): Value => {
  const batch = maps.shape[3] as number;
  return mapsOfRows(build, convolveRows(build, blockedRows(build, maps), weights, { ...options, batch }), batch);
};

/** The same from rows to rows, both blocked. */
export function convolveRows(
  build: Build,
  rows: Value,
  weights: Value,
  { pads: [top, left, bottom, right], group = 1, rowStride = 1, batch }: BlockedOptions & { readonly batch: number },
): Value {
  const pads = [top, left * batch, bottom, right * batch];
  return blockedConv(build, [rows, weights], { pads, dilations: [1, batch], strides: [rowStride, 1], group });
}

/** Rows innermost: [parts, n, B] from [parts, B, n], by the reorder of onnxruntime, which runs on all threads. */
const rowsInnermost = (build: Build, x: Value): Value => {
  const [parts, block, length] = x.shape as [number, number, number];
  return build.reshape(reorderInput(build, build.reshape(x, [parts, block, 1, length])), [parts, length, block]);
};

/**
 * Kernels [K, C, kh, kw] in the order [K / B, C / B, kh * kw, B (of C), B (of K)], declared as [K, C, kh, kw].
 * Two moves of a single axis: onnxruntime does each of them several times faster than one permutation of five axes.
 */
export function blockWeights(build: Build, w: Value, block: number): Value {
  const [filters, channels, height, width] = w.shape as [number, number, number, number];
  const byFilterBlock = build.reshape(w, [filters / block, block, channels * height * width]);
  const filtersInnermost = rowsInnermost(build, byFilterBlock);
  const parts = build.reshape(filtersInnermost, [(filters / block) * (channels / block), block, height * width, block]);
  return build.reshape(build.transpose(parts, [0, 2, 1, 3]), [filters, channels, height, width]);
}

/**
 * The kernels of the input gradient, blocked: filters and channels change places within blocks and between them, and each kernel is
 * turned by 180 degrees.
 */
export function blockTurnedWeights(build: Build, w: Value, block: number): Value {
  const [filters, channels, height, width] = w.shape as [number, number, number, number];
  const taps = height * width;
  const blocks = build.reshape(blockWeights(build, w, block), [(filters * channels * taps) / block ** 2, block, block]);
  const swapped = build.reshape(rowsInnermost(build, blocks), [filters / block, channels / block, taps * block ** 2]);
  const byChannels = build.reshape(build.transpose(swapped, [1, 0, 2]), [
    (channels / block) * (filters / block),
    taps,
    block ** 2,
  ]);
  const turned = build.gather(
    byChannels,
    Array.from({ length: taps }, (_, tap) => taps - 1 - tap),
    { axis: 1 },
  );
  return build.reshape(turned, [channels, filters, height, width]);
}

/** Depthwise kernels [C, 1, kh, kw] in the order [C / B, kh * kw, B]. */
export function blockDepthwiseWeights(build: Build, w: Value, block: number): Value {
  const [channels, , height, width] = w.shape as [number, number, number, number];
  const parts = build.reshape(w, [channels / block, block, height * width]);
  return build.reshape(rowsInnermost(build, parts), [channels, 1, height, width]);
}

/** Elements of maps below which one node of onnxruntime's is as fast as the passes by blocks. */
const LEAST_ELEMENTS = 65_536;

/** Whether a map [C, H, W, N] can be seen as C channels of whole blocks of equal neighbours, and is worth it. */
export const canBlockChannels = (
  { blockedChannels }: Target,
  { channels, pixels }: { readonly channels: number; readonly pixels: number },
): boolean => blockedChannels > 0 && pixels % blockedChannels === 0 && channels * pixels >= LEAST_ELEMENTS;

/**
 * slope x + offset (+ sum) with slope and offset per channel [C], over x [1, C, P] in one pass on all threads: a blocked depthwise
 * convolution of one tap, for which every B neighbours of a channel are a block of B channels, so that nothing has to be moved.
 */
export function affineByChannel(
  build: Build,
  [x, sum]: readonly [x: Value, sum?: Value],
  [slope, offset]: readonly [slope: Value, offset: Value],
  block: number,
): Value {
  const [, channels, pixels] = x.shape as [number, number, number];
  const lanes = channels * block;
  const repeated = (vector: Value) => build.expand(build.reshape(vector, [channels, 1]), [channels, block]);
  const view = (map: Value) => build.reshape(map, [1, lanes, 1, pixels / block]);
  const result = blockedConv(
    build,
    [
      view(x),
      build.reshape(repeated(slope), [lanes, 1, 1, 1]),
      build.reshape(repeated(offset), [lanes]),
      ...(sum ? [view(sum)] : []),
    ] as unknown as Parameters<typeof blockedConv>[1],
    { pads: [0, 0, 0, 0], dilations: [1, 1], group: lanes },
  );
  return build.reshape(result, [1, channels, pixels]);
}
