import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { blockedConv } from "../ops/internal.ts";
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

export const canBlockDepthwise = (geometry: Geometry, { blockedChannels }: Target): boolean =>
  blockedChannels > 0 && isDepthwise(geometry) && hasUnitStride(geometry) && geometry.channels % blockedChannels === 0;

/** Where the window starts and ends in the maps: [top, left, bottom, right], and the groups of a depthwise convolution. */
export interface BlockedOptions {
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
  readonly group?: number;
}

/**
 * Stride-1 convolution of maps [C, H, W, N] with blocked kernels: [K, OH, OW, N]. The maps are seen as one of rows W * N wide,
 * on which the next column lies N steps further.
 */
export function blockedConvolution(
  build: Build,
  maps: Value,
  weights: Value,
  { pads, group = 1 }: BlockedOptions,
): Value {
  const [channels, height, width, batch] = maps.shape as [number, number, number, number];
  const [top, left, bottom, right] = pads;
  const rows = build.reshape(maps, [1, channels, height, width * batch]);
  const options = { pads: [top, left * batch, bottom, right * batch], dilations: [1, batch], group };
  const result = blockedConv(build, rows, weights, options);
  const [, filters, outputHeight, columns] = result.shape as [number, number, number, number];
  return build.reshape(result, [filters, outputHeight, columns / batch, batch]);
}

/**
 * Kernels [K, C, kh, kw] in the order [K / B, C / B, kh * kw, B (of C), B (of K)], declared as [K, C, kh, kw].
 * Two moves of a single axis: onnxruntime does each of them several times faster than one permutation of five axes.
 */
export function blockWeights(build: Build, w: Value, block: number): Value {
  const [filters, channels, height, width] = w.shape as [number, number, number, number];
  const byFilterBlock = build.reshape(w, [filters / block, block, channels * height * width]);
  const filtersInnermost = build.transpose(byFilterBlock, [0, 2, 1]);
  const parts = build.reshape(filtersInnermost, [(filters / block) * (channels / block), block, height * width, block]);
  return build.reshape(build.transpose(parts, [0, 2, 1, 3]), [filters, channels, height, width]);
}

/** The kernels of the input gradient, blocked: filters and channels change places, and each kernel is turned by 180 degrees. */
export function blockTurnedWeights(build: Build, w: Value, block: number): Value {
  const [filters, channels, height, width] = w.shape as [number, number, number, number];
  const taps = height * width;
  const channelsInnermost = build.transpose(build.reshape(w, [filters, channels, taps]), [0, 2, 1]);
  const byFilterBlock = build.reshape(channelsInnermost, [filters / block, block * taps, channels / block, block]);
  const byChannelBlock = build.transpose(byFilterBlock, [2, 0, 1, 3]);
  const parts = build.reshape(byChannelBlock, [(channels / block) * (filters / block), block, taps, block]);
  const swapped = build.reshape(build.transpose(parts, [0, 2, 1, 3]), [
    channels / block,
    filters / block,
    taps,
    block,
    block,
  ]);
  const turned = build.gather(
    swapped,
    Array.from({ length: taps }, (_, tap) => taps - 1 - tap),
    { axis: 2 },
  );
  return build.reshape(turned, [channels, filters, height, width]);
}

/** Depthwise kernels [C, 1, kh, kw] in the order [C / B, kh * kw, B]. */
export function blockDepthwiseWeights(build: Build, w: Value, block: number): Value {
  const [channels, , height, width] = w.shape as [number, number, number, number];
  const parts = build.reshape(w, [channels / block, block, height * width]);
  return build.reshape(build.transpose(parts, [0, 2, 1]), [channels, 1, height, width]);
}
