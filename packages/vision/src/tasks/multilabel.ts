import { float32 } from "@foveajs/graph";
import { z } from "zod";
import type { ValuesLabel } from "../data/types.ts";
import { outputLinear } from "../layers/linear.ts";
import { inside } from "../layers/scope.ts";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { encodeValues, valueTargets } from "./partial-values.ts";
import { headFeatures, hiddenSchema } from "./pooled-features.ts";
import type { Task } from "./task.ts";

const perLabel = (what: string) => z.array(z.number().positive()).optional().describe(`one for each label: ${what}`);

export const multilabelSchema = z
  .strictObject({
    kind: z.literal("multilabel"),
    name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
    labels: z.array(z.string()).min(1).describe("things that are there or not, in the order of the logits"),
    hidden: hiddenSchema,
    positive_weights: perLabel("weight of a sample that has it, such as absent / present; 1 where absent"),
    thresholds: perLabel("least probability from which it is told; 0.5 where absent"),
  })
  .superRefine(({ labels, ...rest }, context) => {
    for (const field of ["positive_weights", "thresholds"] as const) {
      const count = rest[field]?.length ?? labels.length;
      if (count === labels.length) continue;
      context.addIssue({
        code: "custom",
        path: [field],
        message: `expected one for each of the ${labels.length} labels, received ${count}`,
      });
    }
  });

export type Multilabel = z.output<typeof multilabelSchema>;

/** Any number of things at once, each with its own probability: output [N, K] of logits. Labels are 1, 0 or unknown. */
export const multilabel: Task<Multilabel, ValuesLabel> = {
  head(scope, maps, { name, labels, hidden }) {
    const here = inside(scope, name);
    return [{ name, value: outputLinear(here, headFeatures(here, maps, hidden), { outputs: labels.length }) }];
  },
  targets: ({ name, labels }) => valueTargets(name, labels.length),
  encode: (label, { labels }) => encodeValues(label, labels.length),
  loss(build, [logits], [target, weight], { labels, positive_weights }) {
    const positives = positive_weights && build.constant(float32([1, labels.length], positive_weights));
    return maskedMean(build, binaryCrossEntropy(build, logits!, target!, positives), weight!);
  },
};
