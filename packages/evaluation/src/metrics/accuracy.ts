import { errors } from "../errors.ts";
import { type Classified, checkClassified } from "./classified.ts";
import { defineMetric } from "./metric.ts";

/**
 * Share of samples whose target class is among the k largest logits; a tie or a NaN counts against the model.
 * Source: Russakovsky et al., ILSVRC (2015), arXiv:1409.0575.
 */
export const topKAccuracy = ({ k = 1 }: { k?: number } = {}) => {
  if (!Number.isInteger(k) || k < 1)
    throw errors["bad-option"]({ name: "k", expected: "a whole number of at least 1", received: k });
  return defineMetric({
    name: k === 1 ? "accuracy" : `top${k}_accuracy`,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    symmetric: k === 1,
    empty: () => ({ hits: 0, count: 0 }),
    update({ hits, count }, batch: Classified) {
      checkClassified(batch);
      const newHits = batch.logits.filter((row, i) => rivals(row, batch.targets[i]!) < k).length;
      return { hits: hits + newHits, count: count + batch.logits.length };
    },
    merge: (a, b) => ({ hits: a.hits + b.hits, count: a.count + b.count }),
    compute: ({ hits, count }) => hits / count,
  });
};

/** Number of classes that the target's logit does not beat. */
function rivals(row: ArrayLike<number>, target: number): number {
  let count = 0;
  for (let c = 0; c < row.length; c++) if (c !== target && !(row[target]! > row[c]!)) count++;
  return count;
}
