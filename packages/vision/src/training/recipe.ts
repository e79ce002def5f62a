import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { backboneSchema } from "../backbones/table.ts";
import { errors } from "../errors.ts";
import { preprocessingSchema } from "../image/preprocess.ts";
import { cardSchema } from "../model/card.ts";
import { taskSchema } from "../tasks/table.ts";
import { checkAgreement } from "./recipe-agreement.ts";

const share = z.number().min(0).max(1);

const dataSetFields = {
  reader: z.string().describe("a reader's name: see data/readers"),
  folder: z.string().describe("folder of the data set, under the data folder"),
  options: z.record(z.string(), z.unknown()).default({}).describe("the reader's own options"),
};

const dataSetSchema = z.strictObject({
  ...dataSetFields,
  share: share.default(0).describe("backgrounds of scenes: share of the pictures without an object"),
});

const sampleSetSchema = z.strictObject({
  ...dataSetFields,
  hold_out: share.default(0).describe("share of the training part's groups that is kept for validation"),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe("by task, the name of its labels in this data set where it is another"),
  aligned_by: z
    .string()
    .optional()
    .describe(
      "labels with the five points by which faces are cut out as the card's alignment says; absent: as they are",
    ),
  per_batch: z.int().min(1).optional().describe("samples of each batch; for all sets, or for none: shuffled together"),
});

/** Pictures of labelled samples, each turned, scaled, shifted and mirrored at random. */
const samplesSchema = z.strictObject({
  kind: z.literal("samples"),
  sets: z
    .array(sampleSetSchema)
    .min(1)
    .describe("an epoch is a pass over the first, or over all that are shuffled together"),
  augmentation: z
    .strictObject({
      flip: share.default(0).describe("probability of a mirror image"),
      rotation: z.number().min(0).default(0).describe("largest turn in degrees, either way"),
      scale: z.number().min(1).default(1).describe("largest factor of enlargement and of reduction"),
      shift: share.default(0).describe("largest shift as a share of the picture, either way, on each axis"),
    })
    .prefault({}),
});

/** Made scenes for a detector: photographs with boxes, backgrounds, cut-out faces. */
const scenesSchema = z.strictObject({
  kind: z.literal("scenes"),
  photographs: dataSetSchema.describe("with all their faces boxed; those of its part train are used"),
  backgrounds: z.array(dataSetSchema).default([]).describe("more pictures without an object"),
  cutouts: z.array(dataSetSchema).default([]).describe("one face a picture, with points: laid into backgrounds"),
  shares: z
    .strictObject({
      faceless: share.default(0.2).describe("of scenes without a face"),
      pasted: share.default(0.2).describe("of scenes with cut-out faces; the rest is made of photographs"),
    })
    .prefault({}),
  face_sizes: z
    .tuple([z.number().positive(), z.number().positive()])
    .default([12, 200])
    .describe("sizes that faces are brought to, in pixels"),
  scenes_per_epoch: z.int().min(1).default(10_000).describe("every scene is new; this is how often it is validated"),
});

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
const decay = z.number().min(0).lt(1).optional();

/** Weights that are moved alike; options are those of packages/graph's optimizers. */
const groupSchema = z.discriminatedUnion("optimizer", [
  z.strictObject({
    optimizer: z.literal("adamw"),
    options: z.strictObject({ beta1: decay, beta2: decay, epsilon: z.number().positive().optional() }).prefault({}),
    ...groupFields,
  }),
  z.strictObject({
    optimizer: z.literal("muon"),
    options: z.strictObject({ momentum: decay, iterations: z.int().min(1).optional() }).prefault({}),
    ...groupFields,
  }),
  z.strictObject({
    optimizer: z.literal("sgd"),
    options: z.strictObject({ momentum: decay, nesterov: z.boolean().optional() }).prefault({}),
    ...groupFields,
  }),
]);

/** All there is to one training. */
export const recipeSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .describe("also the name of the model's file"),
    seed: z.int().default(0).describe("of fresh weights, order and augmentation"),
    card: cardSchema.pick({ summary: true, licence: true, limits: true, alignment: true }),
    teachers: cardSchema.shape.sources.default([]).describe("models that made labels, and their terms"),
    data: z.discriminatedUnion("kind", [samplesSchema, scenesSchema]),
    preprocessing: preprocessingSchema,
    model: z.strictObject({
      backbone: backboneSchema,
      tasks: z.array(taskSchema).min(1),
      standardize: z
        .number()
        .positive()
        .optional()
        .describe("centre and scale every picture by itself; added to its deviation"),
    }),
    training: z.strictObject({
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
      loss_weights: z
        .record(z.string(), z.number().min(0))
        .default({})
        .describe("by task, factor of its loss; 1 where absent"),
      average_decay: share.optional().describe("of the moving average of weights that is validated and shipped"),
      clip_norm: z
        .number()
        .positive()
        .optional()
        .describe("norm of all gradients together above which they are scaled down"),
      validate_every: z
        .int()
        .min(1)
        .default(1)
        .describe("epochs between validations; the last epoch is always validated"),
    }),
  })
  .superRefine(checkAgreement);

export type Recipe = z.output<typeof recipeSchema>;

export interface LoadedRecipe {
  readonly recipe: Recipe;
  /** The file as it was read. */
  readonly text: string;
  readonly sha256: string;
}

/** Reads and checks a recipe (YAML). */
export async function readRecipe(path: string): Promise<LoadedRecipe> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw errors["recipe-missing"]({ path }, { cause });
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw errors["recipe-invalid"]({ path, detail: (cause as Error).message }, { cause });
  }
  const parsed = recipeSchema.safeParse(value);
  if (!parsed.success)
    throw errors["recipe-invalid"]({ path, detail: z.prettifyError(parsed.error) }, { cause: parsed.error });
  return { recipe: parsed.data, text, sha256: createHash("sha256").update(text).digest("hex") };
}
