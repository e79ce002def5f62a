import type { Classified } from "./classified.ts";
import {
  type ConfusionMatrix,
  classScores,
  emptyConfusion,
  mergeConfusions,
  updateConfusion,
} from "./confusion-matrix.ts";
import { defineMetric } from "./metric.ts";
import { weightedSums } from "./resampling.ts";

/**
 * Mean of F1 over classes. A class that is neither among the targets nor predicted has no F1 and is left out
 * (the default of scikit-learn's f1_score); one that is only predicted has F1 = 0.
 */
export const macroF1 = () =>
  defineMetric<Classified, ConfusionMatrix>({
    name: "macro_f1",
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: emptyConfusion,
    update: updateConfusion,
    merge: mergeConfusions,
    compute: meanF1,
    resampler: (units) => {
      const { classes } = units.reduce(mergeConfusions, emptyConfusion());
      const sums = weightedSums(units.map(({ counts }) => counts));
      return (counts) => meanF1({ classes, counts: sums(counts) });
    },
  });

function meanF1(matrix: ConfusionMatrix): number {
  const defined = classScores(matrix).filter(({ f1 }) => !Number.isNaN(f1));
  return defined.reduce((sum, { f1 }) => sum + f1, 0) / defined.length;
}
