import { z } from "zod";
import type { ClassLabel, DistributionLabel } from "../data/types.ts";
import { outputLinear } from "../layers/linear.ts";
import { inside } from "../layers/scope.ts";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { headFeatures, hiddenSchema } from "./pooled-features.ts";
import type { Task } from "./task.ts";

export const ordinalSchema = z.strictObject({
  kind: z.literal("ordinal"),
  name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
  labels: z.array(z.string()).min(2).describe("grades from the lowest to the highest"),
  hidden: hiddenSchema,
});

export type Ordinal = z.output<typeof ordinalSchema>;

/**
 * Grades in an order: output [N, K - 1], logits of "above grade k" for each k but the highest. Labels are a grade, or shares of grades.
 * Source: Frank and Hall 2001; as one network, Niu et al., CVPR 2016.
 */
export const ordinal: Task<Ordinal, ClassLabel | DistributionLabel> = {
  head(scope, maps, { name, labels, hidden }) {
    const here = inside(scope, name);
    return [{ name, value: outputLinear(here, headFeatures(here, maps, hidden), { outputs: labels.length - 1 }) }];
  },
  targets: ({ name, labels }) => [
    { name: `${name}/target`, shape: [labels.length - 1] },
    { name: `${name}/weight`, shape: [1] },
  ],
  encode(label, { labels }) {
    const above = Float32Array.from({ length: labels.length - 1 }, (_, grade) =>
      label ? shareAbove(label, grade) : 0,
    );
    return [above, Float32Array.of(label ? 1 : 0)];
  },
  loss(build, [logits], [target, weight]) {
    const perSample = build.reduceSum(binaryCrossEntropy(build, logits!, target!), { axes: [1] });
    return maskedMean(build, perSample, weight!);
  },
};

/** How much of a label lies above a grade, 0 to 1. */
function shareAbove(label: ClassLabel | DistributionLabel, grade: number): number {
  if (label.kind === "class") return label.index > grade ? 1 : 0;
  return label.values.slice(grade + 1).reduce((sum, share) => sum + share, 0);
}

/**
 * How likely each grade is, [K], from one sample's logits: what lies above the grade before less what lies above it. Logits are of K - 1
 * borders that are learned apart; where one is crossed more surely than the one below it, both count with the lower's probability.
 */
export function gradesOf(logits: ArrayLike<number>): number[] {
  const above = Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  const falling = above.map((_, grade) => Math.min(...above.slice(0, grade + 1)));
  return [1, ...falling].map((share, grade) => share - (falling[grade] ?? 0));
}

/** The expected grade of one sample, 0 to K - 1: the sum of its probabilities of being above each grade. */
export const gradeOf = (logits: ArrayLike<number>): number =>
  Array.from(logits).reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0);
