import { errors } from "../errors.ts";
import { classScores } from "./confusion-matrix.ts";
import { confusionMetric } from "./confusion-metric.ts";
import { undefinedValue } from "./metric.ts";

/**
 * F1 = 2TP / (2TP + FP + FN) of the counts of all classes together, or of `classes` only (to leave out a background).
 * Over all classes it is the accuracy.
 */
export const microF1 = ({ classes }: { classes?: readonly number[] } = {}) => {
  if (classes?.length === 0 || classes?.some((c) => !Number.isInteger(c) || c < 0)) {
    throw errors["bad-option"]({ name: "classes", expected: "a list of whole numbers from 0 up", received: classes });
  }
  return confusionMetric({
    name: "micro_f1",
    range: [0, 1],
    symmetric: true,
    compute(matrix) {
      let hits = 0;
      let named = 0;
      classScores(matrix).forEach(({ support, predicted }, c) => {
        if (classes?.includes(c) === false) return;
        hits += matrix.counts[c * matrix.classes + c]!;
        named += support + predicted;
      });
      return named === 0
        ? undefinedValue("no target and no prediction of these classes")
        : { value: (2 * hits) / named };
    },
  });
};
