import { type Classified, checkClassified, logProbabilities } from "./classified.ts";
import { defineMetric } from "./metric.ts";

/**
 * Mean of −ln p(target), p = softmax(logits); Infinity once a target had probability 0 (no clipping hides it).
 * Also called log loss or cross-entropy.
 */
export const negativeLogLikelihood = () =>
  defineMetric({
    name: "negative_log_likelihood",
    unit: "nats",
    range: [0, Number.POSITIVE_INFINITY],
    higherIsBetter: false,
    permutationInvariant: true,
    empty: () => ({ sum: 0, count: 0 }),
    update({ sum, count }, batch: Classified) {
      checkClassified(batch);
      const added = batch.logits.reduce((total, row, i) => {
        const logProbability = logProbabilities(row, `logits, row ${i}`)[batch.targets[i]!]!;
        return total + Math.max(0, -logProbability); // rounding may give a probability of 1 + 1e-16
      }, 0);
      return { sum: sum + added, count: count + batch.logits.length };
    },
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => sum / count,
  });
