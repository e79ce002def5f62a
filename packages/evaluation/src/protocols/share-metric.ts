import { defineMetric } from "../metrics/metric.ts";

/** The share of samples of which something holds. */
export const shareMetric = <Sample>(name: string, holds: (sample: Sample) => boolean) =>
  defineMetric({
    name,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => ({ sum: 0, count: 0 }),
    update: ({ sum, count }, batch: readonly Sample[]) => ({
      sum: sum + batch.filter(holds).length,
      count: count + batch.length,
    }),
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => sum / count,
  });
