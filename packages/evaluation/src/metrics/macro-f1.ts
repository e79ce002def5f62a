import { type ConfusionMatrix, classScores } from "./confusion-matrix.ts";
import { confusionMetric } from "./confusion-metric.ts";
import { type ClassValue, meanOfDefined, undefinedValue } from "./metric.ts";

/**
 * Mean of F1 over classes. A class that is neither among the targets nor predicted has no F1 and is left out
 * (the default of scikit-learn's f1_score); one that is only predicted has F1 = 0. `perClass` has the F1 of each.
 */
export const macroF1 = () =>
  confusionMetric({
    name: "macro_f1",
    range: [0, 1],
    symmetric: true,
    compute: (matrix) => meanOfDefined(f1OfClasses(matrix), "no samples"),
    perClass: f1OfClasses,
  });

const f1OfClasses = (matrix: ConfusionMatrix): ClassValue[] =>
  classScores(matrix).map(({ f1 }, c) => ({
    class: c,
    ...(Number.isNaN(f1) ? undefinedValue("no target and no prediction of this class") : { value: f1 }),
  }));
