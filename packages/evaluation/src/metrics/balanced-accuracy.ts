import { type ConfusionMatrix, classScores } from "./confusion-matrix.ts";
import { confusionMetric } from "./confusion-metric.ts";
import { type ClassValue, meanOfDefined, undefinedValue } from "./metric.ts";

/**
 * Mean of recall over the classes that occur among the targets. `perClass` has the recall of each.
 * Source: Brodersen et al., ICPR (2010); as scikit-learn's balanced_accuracy_score.
 */
export const balancedAccuracy = () =>
  confusionMetric({
    name: "balanced_accuracy",
    range: [0, 1],
    compute: (matrix) => meanOfDefined(recallOfClasses(matrix), "no samples"),
    perClass: recallOfClasses,
  });

const recallOfClasses = (matrix: ConfusionMatrix): ClassValue[] =>
  classScores(matrix).map(({ recall }, c) => ({
    class: c,
    ...(Number.isNaN(recall) ? undefinedValue("no target of this class") : { value: recall }),
  }));
