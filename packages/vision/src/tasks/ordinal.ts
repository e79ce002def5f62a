import { z } from "zod";
import type { ClassLabel } from "../data/types.ts";
import { outputLinear } from "../layers/linear.ts";
import { inside } from "../layers/scope.ts";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { pooledFeatures } from "./pooled-features.ts";
import type { Task } from "./task.ts";

export const ordinalSchema = z.strictObject({
  kind: z.literal("ordinal"),
  name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
  labels: z.array(z.string()).min(2).describe("grades from the lowest to the highest"),
});

export type Ordinal = z.output<typeof ordinalSchema>;

/**
 * Grades in an order: output [N, K - 1], logits of "above grade k" for each k but the highest.
 * Source: Frank and Hall 2001; as one network, Niu et al., CVPR 2016.
 */
export const ordinal: Task<Ordinal, ClassLabel> = {
  head(scope, maps, { name, labels }) {
    const features = pooledFeatures(scope, maps);
    return [{ name, value: outputLinear(inside(scope, name), features, { outputs: labels.length - 1 }) }];
  },
  targets: ({ name, labels }) => [
    { name: `${name}/target`, shape: [labels.length - 1] },
    { name: `${name}/weight`, shape: [1] },
  ],
  encode(label, { labels }) {
    const above = Float32Array.from({ length: labels.length - 1 }, (_, grade) =>
      label && label.index > grade ? 1 : 0,
    );
    return [above, Float32Array.of(label ? 1 : 0)];
  },
  loss(build, [logits], [target, weight]) {
    const perSample = build.reduceSum(binaryCrossEntropy(build, logits!, target!), { axes: [1] });
    return maskedMean(build, perSample, weight!);
  },
};

/** The expected grade of one sample, 0 to K - 1: the sum of its probabilities of being above each grade. */
export const gradeOf = (logits: ArrayLike<number>): number =>
  Array.from(logits).reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0);
