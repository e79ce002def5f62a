import type { Ranking } from "../../metrics/precision-recall.ts";
import type { ThresholdSeries } from "../report-input.ts";

/** Steps of a slider. */
const steps = 100;

/** Counts of a ranking at each of about a hundred thresholds, `inUse` among them. */
export function thresholdSeries(
  { positives, hits, falses }: Ranking,
  { inUse, ...told }: Pick<ThresholdSeries, "name" | "negatives" | "pictures" | "words"> & { readonly inUse: number },
): ThresholdSeries {
  const thresholds = gridOf([...hits, ...falses], inUse);
  const countsOf = (scores: readonly number[]) => {
    const sorted = Float64Array.from(scores).sort();
    return thresholds.map((threshold) => sorted.length - firstAtLeast(sorted, threshold));
  };
  return {
    ...told,
    positives,
    thresholds,
    hits: countsOf(hits),
    falses: countsOf(falses),
    start: thresholds.indexOf(inUse),
  };
}

/** Even steps from 0 to 1 for shares, else over the range of the scores, with `inUse` at its place. */
function gridOf(scores: readonly number[], inUse: number): number[] {
  const all = [...scores, inUse];
  const [low, high] = [Math.min, Math.max].map((pick) => all.reduce((a, b) => pick(a, b))) as [number, number];
  const [from, to] = low >= 0 && high <= 1 ? [0, 1] : [low, high];
  const grid = Array.from({ length: steps + 1 }, (_, i) => Number((from + (i / steps) * (to - from)).toPrecision(4)));
  return [...new Set([...grid, inUse])].sort((a, b) => a - b);
}

/** Index of the first of rising numbers that is at least `value`; their count where none is. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
