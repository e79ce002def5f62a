import { defineMetric } from "../../metrics/metric.ts";

/** The mean of values of any unit. */
export const meanOf = defineMetric({
  name: "mean",
  unit: "that of the values",
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  higherIsBetter: false,
  permutationInvariant: true,
  empty: () => ({ sum: 0, count: 0 }),
  update: ({ sum, count }, batch: readonly number[]) => ({
    sum: sum + batch.reduce((total, value) => total + value, 0),
    count: count + batch.length,
  }),
  merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
  compute: ({ sum, count }) => sum / count,
});
