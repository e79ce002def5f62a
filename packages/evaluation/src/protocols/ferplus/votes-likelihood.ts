import { logProbabilities } from "../../metrics/classified.ts";
import { defineMetric } from "../../metrics/metric.ts";
import type { Answered } from "../classification.ts";

/**
 * Mean of −Σ_c p_c ln q_c, p the distribution of votes and q = softmax(logits); Infinity once a class that was voted for
 * had probability 0.
 */
export const votesLikelihood = <Sample extends { readonly shares: readonly number[] }>() =>
  defineMetric({
    name: "votes_nll",
    unit: "nats",
    range: [0, Number.POSITIVE_INFINITY],
    higherIsBetter: false,
    permutationInvariant: true,
    empty: () => ({ sum: 0, count: 0 }),
    update({ sum, count }, batch: readonly Answered<Sample>[]) {
      const added = batch.reduce((total, { sample: { shares }, logits }, i) => {
        const logs = logProbabilities(logits, `logits, row ${i}`);
        return total - shares.reduce((part, share, c) => (share > 0 ? part + share * logs[c]! : part), 0);
      }, 0);
      return { sum: sum + added, count: count + batch.length };
    },
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => sum / count,
  });
