import { confusionMetric } from "../metrics/confusion-metric.ts";
import { macroF1 } from "../metrics/macro-f1.ts";
import { meanOfDefined } from "../metrics/metric.ts";

const plain = macroF1();

/**
 * `macroF1` of `classes` classes where one more column of the logits stands for a face that was missed: a miss is a
 * false negative of its class, and no class of its own in the mean.
 */
export const macroF1WithMissed = (classes: number) =>
  confusionMetric({
    name: "macro_f1",
    range: [0, 1],
    compute: (matrix) => meanOfDefined(plain.perClass!(matrix).slice(0, classes), "no samples"),
    perClass: (matrix) => plain.perClass!(matrix).slice(0, classes),
  });
