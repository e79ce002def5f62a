import type { Graph, Tensor } from "../ir/types.ts";
import type { Range } from "./quantize.ts";

/** min_max holds every value seen; percentile cuts rare ones off; entropy loses the least information. */
export const calibrationMethods = ["min_max", "percentile", "entropy"] as const;
/** How a range follows from the values that were seen: one of `calibrationMethods`. */
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** Ranges of activations from samples, seen one batch after the other. */
export interface Calibration {
  /** Takes in the values of one batch, by name. */
  update(values: Readonly<Record<string, Tensor>>): void;
  /** The ranges by what was seen so far. */
  ranges(): ReadonlyMap<string, Range>;
}

/** How ranges follow from what was seen. */
export interface CalibrationOptions {
  readonly method?: CalibrationMethod;
  /** Share of values inside of the range, for percentile; the rest is cut off in equal parts. */
  readonly share?: number;
}

/** The graph with values inside of it as outputs, so that a run tells them; a value that is an input or output already is not added. */
export function exposeValues(graph: Graph, names: readonly string[]): Graph {
  const known = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const added = names.filter((name) => !known.has(name));
  return {
    ...graph,
    outputs: [...graph.outputs, ...added.map((name) => ({ name, dtype: "float32" as const, shape: undefined }))],
  };
}

/** Starts an empty calibration of the named values. */
export function createCalibration(
  names: readonly string[],
  { method = "min_max", share = 0.9999 }: CalibrationOptions = {},
): Calibration {
  const histograms = new Map(names.map((name) => [name, createHistogram()] as const));
  const rangeOf: Readonly<Record<CalibrationMethod, (histogram: Histogram) => Range>> = {
    min_max: ({ low, high }) => [low, high],
    percentile: (histogram) => percentileRange(histogram, share),
    entropy: entropyRange,
  };
  return {
    update(values) {
      for (const [name, histogram] of histograms) {
        const tensor = values[name];
        if (tensor?.dtype === "float32") histogram.add(tensor.data as Float32Array);
      }
    },
    ranges: () =>
      new Map(
        [...histograms].flatMap(([name, histogram]) =>
          histogram.count === 0 ? [] : [[name, rangeOf[method](histogram)] as const],
        ),
      ),
  };
}

/** Bins on each side of 0. */
const HALF = 2048;
/** The quantized form of one side of 0 in `entropyRange`: int8 has 128 levels there. */
const LEVELS = 128;

/** Counts of values in bins of one width around 0, which doubles when a value lies outside. */
interface Histogram {
  readonly bins: Float64Array;
  readonly width: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
  add(values: Float32Array): void;
}

function createHistogram(): Histogram {
  const bins = new Float64Array(2 * HALF);
  let [width, low, high, count] = [0, 0, 0, 0];
  const widen = (largest: number) => {
    if (width === 0) width = (largest || 1) / HALF;
    while (largest > width * HALF) {
      // pairs about 0 fall together, so that 0 stays the middle
      for (let bin = 0; bin < HALF; bin++) {
        const right = HALF + bin;
        const pair = 2 * bin;
        bins[right] = pair < HALF ? bins[HALF + pair]! + bins[HALF + pair + 1]! : 0;
        bins[HALF - 1 - bin] = pair < HALF ? bins[HALF - 1 - pair]! + bins[HALF - 2 - pair]! : 0;
      }
      width *= 2;
    }
  };
  return {
    bins,
    get width() {
      return width;
    },
    get low() {
      return low;
    },
    get high() {
      return high;
    },
    get count() {
      return count;
    },
    add(values) {
      let [least, largest] = [0, 0];
      for (const value of values) {
        if (value < least) least = value;
        else if (value > largest) largest = value;
      }
      low = Math.min(low, least);
      high = Math.max(high, largest);
      count += values.length;
      widen(Math.max(-low, high));
      for (const value of values) {
        const bin = Math.floor(value / width) + HALF;
        bins[Math.max(0, Math.min(2 * HALF - 1, bin))]! += 1;
      }
    },
  };
}

/** The range that leaves out (1 - share) / 2 of the values on each side. */
function percentileRange({ bins, width, low, high, count }: Histogram, share: number): Range {
  const cut = (count * (1 - share)) / 2;
  let [left, right] = [0, bins.length - 1];
  for (let sum = bins[left]!; sum <= cut && left < right; sum += bins[left]!) left++;
  for (let sum = bins[right]!; sum <= cut && right > left; sum += bins[right]!) right--;
  return [Math.max(low, Math.min(0, (left - HALF) * width)), Math.min(high, Math.max(0, (right + 1 - HALF) * width))];
}

/**
 * The range [-t, t] in which the values quantized to 8 bits tell most of the values as they are: least Kullback-Leibler divergence,
 * cut to what was seen. Source: Migacz, "8-bit Inference with TensorRT", GTC 2017.
 */
function entropyRange({ bins, width, low, high }: Histogram): Range {
  const sides = Float64Array.from({ length: HALF }, (_, bin) => bins[HALF + bin]! + bins[HALF - 1 - bin]!);
  // zeros behind a Relu are held exactly; counted, they would drown all the rest
  sides[0] = sides[1]!;
  let best = { divergence: Number.POSITIVE_INFINITY, bins: HALF };
  for (let kept = LEVELS; kept <= HALF; kept += 8) {
    const divergence = divergenceAt(sides, kept);
    if (divergence < best.divergence) best = { divergence, bins: kept };
  }
  const limit = best.bins * width;
  return [Math.max(low, -limit), Math.min(high, limit)];
}

/** Divergence of the magnitudes below a bound, all above put into its last bin, from the same in `LEVELS` levels. */
function divergenceAt(sides: Float64Array, kept: number): number {
  const reference = sides.slice(0, kept);
  const inside = reference.reduce((sum, value) => sum + value, 0);
  const total = sides.reduce((sum, value) => sum + value, 0);
  if (inside === 0) return Number.POSITIVE_INFINITY;
  reference[kept - 1]! += total - inside;
  let divergence = 0;
  for (let level = 0; level < LEVELS; level++) {
    const [from, to] = [Math.floor((level * kept) / LEVELS), Math.floor(((level + 1) * kept) / LEVELS)];
    const values = sides.subarray(from, to);
    const filled = values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
    const mean = filled === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / filled / inside;
    for (let bin = from; bin < to; bin++) {
      const p = reference[bin]! / total;
      if (p === 0) continue;
      const q = sides[bin]! > 0 ? mean : 1e-12;
      divergence += p * Math.log(p / q);
    }
  }
  return divergence;
}
