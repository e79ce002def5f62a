import { confusionMetric } from "./confusion-metric.ts";
import { undefinedValue } from "./metric.ts";

/** What naming class j for class i costs: 1 for any other class, or the squared distance of ordered classes. */
export type KappaWeights = "none" | "quadratic";

/**
 * Agreement beyond chance: 1 − Σ w O / Σ w E, O the observed counts, E those expected of independent margins, w the cost.
 * Undefined where target and prediction are one and the same class throughout: no disagreement is to be expected.
 * Sources: Cohen (1960), doi:10.1177/001316446002000104; weighted: Cohen (1968), doi:10.1037/h0026256.
 */
export const cohenKappa = ({ weights = "none" }: { weights?: KappaWeights } = {}) =>
  confusionMetric({
    name: weights === "none" ? "kappa" : `kappa_${weights}`,
    range: [-1, 1],
    symmetric: true,
    compute({ classes, counts }) {
      const targets = new Float64Array(classes);
      const predictions = new Float64Array(classes);
      counts.forEach((count, at) => {
        targets[Math.floor(at / classes)]! += count;
        predictions[at % classes]! += count;
      });
      const total = targets.reduce((sum, count) => sum + count, 0);
      let observed = 0;
      let expected = 0;
      counts.forEach((count, at) => {
        const [i, j] = [Math.floor(at / classes), at % classes];
        const cost = costs[weights](i, j);
        observed += cost * count;
        expected += (cost * targets[i]! * predictions[j]!) / total;
      });
      if (expected === 0) return undefinedValue("no disagreement is to be expected of a single class");
      return { value: Math.max(-1, 1 - observed / expected) }; // rounding may give -1 - 1e-16
    },
  });

const costs = {
  none: (i: number, j: number) => (i === j ? 0 : 1),
  quadratic: (i: number, j: number) => (i - j) ** 2,
} satisfies Record<KappaWeights, (i: number, j: number) => number>;
