import { z } from "zod";
import { share } from "./recipe-data.ts";

const groupFields = {
  rate: z.number().positive().describe("learning rate at its peak"),
  weight_decay: z
    .number()
    .min(0)
    .default(0)
    .describe("decoupled from the gradient in adamw and muon, added to it in sgd"),
  roles: z
    .array(z.enum(["hidden", "edge", "vector"]))
    .min(1)
    .describe("hidden: kernels between features; edge: first and last layer and depthwise; vector: biases and scales"),
};
const decay = z.number().min(0).lt(1);

/** Weights that are moved alike; options and their defaults are those of packages/graph's optimizers. */
const groupSchema = z.discriminatedUnion("optimizer", [
  z.strictObject({
    optimizer: z.literal("adamw"),
    options: z
      .strictObject({
        beta1: decay.default(0.9),
        beta2: decay.default(0.999),
        epsilon: z.number().positive().default(1e-8),
      })
      .prefault({}),
    ...groupFields,
  }),
  z.strictObject({
    optimizer: z.literal("muon"),
    options: z.strictObject({ momentum: decay.default(0.95), iterations: z.int().min(1).default(5) }).prefault({}),
    ...groupFields,
  }),
  z.strictObject({
    optimizer: z.literal("sgd"),
    options: z.strictObject({ momentum: decay.default(0.9), nesterov: z.boolean().default(true) }).prefault({}),
    ...groupFields,
  }),
]);

/** How long, in what steps and by which optimizers a network learns. */
export const trainingSchema = z.strictObject({
  batch: z.int().min(1).describe("samples of a step"),
  epochs: z.number().positive().describe("passes over the data; may be a fraction"),
  sizes: z
    .array(z.strictObject({ until: share, size: z.int().min(1) }))
    .min(1)
    .describe("growing pictures: side in pixels until this share of the training"),
  schedule: z
    .strictObject({
      name: z.enum(["constant", "cosine"]),
      warmup: share.default(0.1).describe("share of the training in which the rate rises"),
      start: share.default(0.02).describe("share of the peak at the first step"),
      end: share.default(0.001).describe("share of the peak at the last step, for cosine"),
    })
    .prefault({ name: "cosine" }),
  groups: z.array(groupSchema).min(1),
  layer_rates: z
    .strictObject({
      pattern: z
        .string()
        .describe("regular expression over names of weights, whose captures are numbers that order the layers"),
      decay: z.number().positive().max(1).describe("factor of the learning rate for each layer away from the last"),
    })
    .optional()
    .describe("rates that fall towards the input; names that do not fit keep the whole rate"),
  accumulate: z
    .int()
    .min(1)
    .optional()
    .describe("batches whose mean gradient makes one update; absent: 1. Normalisations see each batch alone"),
  sharpness: z
    .number()
    .positive()
    .optional()
    .describe("radius of sharpness-aware minimisation, often 0.05; a step takes twice the time"),
  recompute: z
    .int()
    .min(1)
    .optional()
    .describe(
      "segments of the network that are computed again on the way back: less memory, more time, the same result",
    ),
  precision: z
    .enum(["float32", "mixed"])
    .optional()
    .describe(
      "mixed: convolutions and products in float16 on devices that have it; elsewhere float32, and the start says so",
    ),
  loss_scale: z
    .union([z.number().positive(), z.literal("dynamic")])
    .optional()
    .describe(
      "factor of gradients on their way, for float16; dynamic: adapts, and leaves out updates that are not finite",
    ),
  loss_weights: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe("by task, factor of its loss; 1 where absent"),
  loss_balance: z
    .enum(["hand", "count", "uncertainty"])
    .default("hand")
    .describe(
      "besides loss_weights; count: the task with the most labels over the labels of each (arXiv:2207.09508); " +
        "uncertainty: weights that are learned, exp(-s) of each loss plus s / 2 (Kendall et al., CVPR 2018, section 3)",
    ),
  patience: z
    .int()
    .min(1)
    .optional()
    .describe("validations without a lower loss after which a task is taught no more; none is left: the training ends"),
  moment: z
    .enum(["last", "common", "per-task"])
    .default("last")
    .describe(
      "weights that are shipped: of the last step; of the epoch whose validation losses rank best over all tasks; " +
        "per-task: that one with heads fitted anew, each to its own best epoch, where that is better on other samples",
    ),
  average_decay: share.optional().describe("of the moving average of weights that is validated and shipped"),
  clip_norm: z
    .number()
    .positive()
    .optional()
    .describe("norm of all gradients together above which they are scaled down"),
  validate_every: z.int().min(1).default(1).describe("epochs between validations; the last epoch is always validated"),
});
