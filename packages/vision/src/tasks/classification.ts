import { z } from "zod";
import type { ClassLabel, DistributionLabel } from "../data/types.ts";
import { outputLinear } from "../layers/linear.ts";
import { inside } from "../layers/scope.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { headFeatures, hiddenSchema } from "./pooled-features.ts";
import type { Task } from "./task.ts";

export const classificationSchema = z
  .strictObject({
    kind: z.literal("classification"),
    name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
    labels: z.array(z.string()).min(2).describe("classes in the order of the logits"),
    hidden: hiddenSchema,
    mirrored: z
      .array(z.tuple([z.string(), z.string()]))
      .optional()
      .describe("pairs of classes that change places in a mirrored picture, such as left and right"),
    class_weights: z
      .array(z.number().positive())
      .optional()
      .describe("one for each class: how much its samples weigh in the loss; 1 where absent"),
    region: z
      .string()
      .optional()
      .describe("what is shown to the network where it is not the whole of what the other tasks see, such as eye"),
    temperature: z
      .number()
      .positive()
      .default(1)
      .describe("logits are divided by it before the softmax; fitted on validation data"),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("of two classes: least probability of the second from which it is told; 0.5 where absent"),
  })
  .superRefine(({ labels, mirrored = [], class_weights, threshold }, context) => {
    if (threshold !== undefined && labels.length !== 2) {
      const message = `expected none but with two classes, received ${threshold} with ${labels.length}`;
      context.addIssue({ code: "custom", path: ["threshold"], message });
    }
    if (class_weights && class_weights.length !== labels.length) {
      const message = `expected one for each of the ${labels.length} classes, received ${class_weights.length}`;
      context.addIssue({ code: "custom", path: ["class_weights"], message });
    }
    mirrored.forEach((pair, index) => {
      const unknown = pair.find((label) => !labels.includes(label));
      if (unknown === undefined) return;
      const message = `expected labels of the task (${labels.join(", ")}), received ${unknown}`;
      context.addIssue({ code: "custom", path: ["mirrored", index], message });
    });
  });

export type Classification = z.output<typeof classificationSchema>;

/** One of several classes: output [N, K] of logits. Labels are a class, or shares of votes. */
export const classification: Task<Classification, ClassLabel | DistributionLabel> = {
  head(scope, maps, { name, labels, hidden }) {
    const here = inside(scope, name);
    return [{ name, value: outputLinear(here, headFeatures(here, maps, hidden), { outputs: labels.length }) }];
  },
  targets: ({ name, labels }) => [
    { name: `${name}/target`, shape: [labels.length] },
    { name: `${name}/weight`, shape: [1] },
  ],
  place(label, { labels, mirrored = [] }, { isMirrored }) {
    if (!isMirrored || mirrored.length === 0) return label;
    const other = labels.map((name, index) => {
      const pair = mirrored.find((names) => names.includes(name));
      return pair ? labels.indexOf(pair[0] === name ? pair[1] : pair[0]) : index;
    });
    if (label.kind === "class") return { ...label, index: other[label.index]! };
    return { ...label, values: other.map((index) => label.values[index]!) };
  },
  encode(label, { labels, class_weights }) {
    const target = new Float32Array(labels.length);
    if (label?.kind === "class") target[label.index] = 1;
    if (label?.kind === "distribution") target.set(label.values);
    const weight = class_weights ? target.reduce((sum, share, k) => sum + share * class_weights[k]!, 0) : 1;
    return [target, Float32Array.of(label ? weight : 0)];
  },
  loss: (build, [logits], [target, weight]) => maskedMean(build, crossEntropy(build, logits!, target!), weight!),
};

/** Probabilities of the classes from one sample's logits: softmax(logits / temperature). */
export function probabilitiesOf(
  logits: ArrayLike<number>,
  { temperature }: Pick<Classification, "temperature">,
): number[] {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const largest = Math.max(...scaled);
  const exponentials = scaled.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** The label that is told by its probabilities: the likeliest, of two classes the second from the task's threshold up. */
export const labelOf = (
  probabilities: readonly number[],
  { labels, threshold }: Pick<Classification, "labels" | "threshold">,
): string => {
  const told =
    threshold === undefined
      ? probabilities.indexOf(Math.max(...probabilities))
      : Number(probabilities[1]! >= threshold);
  return labels[told]!;
};
