import { defineMetric } from "../metrics/metric.ts";

/** The share of samples of which something holds. */
export const shareMetric = <Sample>(name: string, holds: (sample: Sample) => boolean) =>
  defineMetric({
    name,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => ({ hits: 0, count: 0 }),
    update: ({ hits, count }, batch: readonly Sample[]) => ({
      hits: hits + batch.filter(holds).length,
      count: count + batch.length,
    }),
    merge: (a, b) => ({ hits: a.hits + b.hits, count: a.count + b.count }),
    compute: ({ hits, count }) => hits / count,
  });
