import { defineMetric } from "./metric.ts";
import { eachPair, type PairedValues, type TargetRange } from "./paired-values.ts";

/** Mean of |prediction − target|. */
export const meanAbsoluteError = (options: TargetRange = {}) =>
  meanError("mae", options, { loss: Math.abs, finish: (mean) => mean });

/** Square root of the mean of (prediction − target)². */
export const rootMeanSquaredError = (options: TargetRange = {}) =>
  meanError("rmse", options, { loss: (difference) => difference * difference, finish: Math.sqrt });

const meanError = (
  name: string,
  range: TargetRange,
  { loss, finish }: { loss: (difference: number) => number; finish: (mean: number) => number },
) =>
  defineMetric({
    name,
    unit: "unit of the targets",
    range: [0, Number.POSITIVE_INFINITY],
    higherIsBetter: false,
    permutationInvariant: true,
    symmetric: true,
    ignoresMissing: true,
    empty: () => ({ sum: 0, count: 0 }),
    update(state, batch: PairedValues) {
      let { sum, count } = state;
      eachPair(batch, range, (prediction, target) => {
        sum += loss(prediction - target);
        count++;
      });
      return { sum, count };
    },
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => finish(sum / count),
  });
