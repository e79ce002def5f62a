import { type Classified, checkClassified, logProbabilities } from "./classified.ts";
import { defineMetric } from "./metric.ts";

/**
 * Brier score: mean over samples of Σ_c (p_c − y_c)², p = softmax(logits), y one-hot. 0 is perfect, 2 is sure and wrong;
 * for two classes it is twice the binary form. Source: Brier, Monthly Weather Review 78 (1950).
 */
export const brierScore = () =>
  defineMetric({
    name: "brier",
    unit: "squared probability",
    range: [0, 2],
    higherIsBetter: false,
    permutationInvariant: true,
    empty: () => ({ sum: 0, count: 0 }),
    update({ sum, count }, batch: Classified) {
      checkClassified(batch);
      const added = batch.logits.reduce((total, row, i) => {
        const target = batch.targets[i]!;
        return logProbabilities(row, `logits, row ${i}`).reduce(
          (partial, logProbability, c) => partial + (Math.exp(logProbability) - (c === target ? 1 : 0)) ** 2,
          total,
        );
      }, 0);
      return { sum: sum + added, count: count + batch.logits.length };
    },
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => sum / count,
  });
