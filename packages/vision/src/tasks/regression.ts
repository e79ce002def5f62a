import { z } from "zod";
import type { ValuesLabel } from "../data/types.ts";
import { outputLinear } from "../layers/linear.ts";
import { inside } from "../layers/scope.ts";
import { concordanceLoss } from "../losses/concordance.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { encodeValues, valueTargets } from "./partial-values.ts";
import { pooledFeatures } from "./pooled-features.ts";
import type { Task } from "./task.ts";

export const regressionSchema = z.strictObject({
  kind: z.literal("regression"),
  name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
  values: z.array(z.string()).min(1).describe("names of the numbers, in the order of the output"),
  loss: z
    .enum(["l1", "l2", "concordance"])
    .default("l2")
    .describe("l1: distance; l2: its square; concordance: 1 - CCC over the batch's labelled samples"),
  derived_from: z
    .string()
    .optional()
    .describe("what the labels were worked out from, where nobody measured them; said wherever the numbers are told"),
});

export type Regression = z.output<typeof regressionSchema>;

/** Numbers of a picture, any of which may be unknown: output [N, D]. */
export const regression: Task<Regression, ValuesLabel> = {
  head(scope, maps, { name, values }) {
    return [
      { name, value: outputLinear(inside(scope, name), pooledFeatures(scope, maps), { outputs: values.length }) },
    ];
  },
  targets: ({ name, values }) => valueTargets(name, values.length),
  encode: (label, { values }) => encodeValues(label, values.length),
  loss(build, [predicted], [target, weight], { loss }) {
    if (loss === "concordance") {
      const columns = concordanceLoss(build, predicted!, target!, weight!);
      return build.reduceMean(columns, { keepDims: false });
    }
    const difference = build.sub(predicted!, target!);
    return maskedMean(build, loss === "l1" ? build.abs(difference) : build.mul(difference, difference), weight!);
  },
};
