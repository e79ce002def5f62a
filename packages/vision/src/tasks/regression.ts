import { float32 } from "@foveajs/graph";
import { z } from "zod";
import type { ValuesLabel } from "../data/types.ts";
import { outputLinear } from "../layers/linear.ts";
import { inside } from "../layers/scope.ts";
import { concordanceLoss } from "../losses/concordance.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { encodeValues, valueTargets } from "./partial-values.ts";
import { headFeatures, hiddenSchema } from "./pooled-features.ts";
import type { Task } from "./task.ts";

const perValue = (what: string) => z.array(z.number()).optional().describe(`one for each number: ${what}`);

export const regressionSchema = z
  .strictObject({
    kind: z.literal("regression"),
    name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
    values: z.array(z.string()).min(1).describe("names of the numbers, in the order of the output"),
    hidden: hiddenSchema,
    loss: z
      .enum(["l1", "l2", "concordance"])
      .default("l2")
      .describe("l1: distance; l2: its square; concordance: 1 - CCC over the batch's labelled samples"),
    centres: perValue("the network's 0, such as the mean of the labels; 0 where absent"),
    scales: perValue("the network's 1, such as the deviation of the labels; the loss counts in it; 1 where absent"),
    derived_from: z
      .string()
      .optional()
      .describe("what the labels were worked out from, where nobody measured them; said wherever the numbers are told"),
  })
  .superRefine(({ values, ...rest }, context) => {
    for (const field of ["centres", "scales"] as const) {
      const count = rest[field]?.length ?? values.length;
      const isSound = count === values.length && (field === "centres" || !rest[field]?.some((scale) => !(scale > 0)));
      if (isSound) continue;
      const message = `expected one for each of the ${values.length} numbers, scales above 0, received ${rest[field]?.join(", ")}`;
      context.addIssue({ code: "custom", path: [field], message });
    }
  });

export type Regression = z.output<typeof regressionSchema>;

/** Numbers of a picture, any of which may be unknown: output [N, D]. */
export const regression: Task<Regression, ValuesLabel> = {
  head(scope, maps, { name, values, hidden, centres, scales }) {
    const { build } = scope;
    const here = inside(scope, name);
    const own = outputLinear(here, headFeatures(here, maps, hidden), { outputs: values.length });
    const scaled = scales ? build.mul(own, build.constant(float32([1, values.length], scales))) : own;
    const value = centres ? build.add(scaled, build.constant(float32([1, values.length], centres))) : scaled;
    return [{ name, value }];
  },
  targets: ({ name, values }) => valueTargets(name, values.length),
  encode: (label, { values }) => encodeValues(label, values.length),
  loss(build, [predicted], [target, weight], { loss, values, scales }) {
    if (loss === "concordance") {
      const columns = concordanceLoss(build, predicted!, target!, weight!);
      return build.reduceMean(columns, { keepDims: false });
    }
    const raw = build.sub(predicted!, target!);
    const difference = scales ? build.div(raw, build.constant(float32([1, values.length], scales))) : raw;
    return maskedMean(build, loss === "l1" ? build.abs(difference) : build.mul(difference, difference), weight!);
  },
};
