import { parse } from "yaml";
import { z } from "zod";
import { readText, sha256 } from "#host";
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
  hold_out: share
    .default(0)
    .describe("share of the training part's groups that scenes leave out, with seed 0: for measuring"),
  share: share.default(0).describe("backgrounds of scenes: share of the pictures without an object"),
});

/** Changes of colour; absent: none. */
const jitterFields = {
  brightness: share.optional().describe("largest relative change of brightness"),
  contrast: share.optional().describe("largest relative change of contrast"),
  gain: share.optional().describe("largest relative change of each channel alone, as of the light's colour"),
};

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
  skip: z
    .array(z.string())
    .optional()
    .describe("names of samples that are left out, such as pictures that cannot be read"),
  group_by: z
    .strictObject({
      pattern: z.string().describe("regular expression over the samples' names; what it captures makes the group"),
      run: z
        .int()
        .min(1)
        .optional()
        .describe(
          "groups are runs of so many pictures by the captured number; a capture `place` marks where each starts",
        ),
    })
    .optional()
    .describe("how the names of pictures tell the subjects, which no split parts; absent: as the reader has them"),
  taught: z
    .record(
      z.string(),
      z.strictObject({
        teacher: z.string().describe("name of one of the recipe's teachers"),
        output: z.string().optional().describe("the teacher's task; absent: of the same name"),
        at_least: share.default(0).describe("least probability of the likeliest class; what is less sure is no label"),
        agreement: z
          .number()
          .positive()
          .default(0.08)
          .describe("of points: largest mean distance of the five from the labelled five, in sizes of the face"),
      }),
    )
    .default({})
    .describe("by task, who labels the training samples"),
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
      ...jitterFields,
    })
    .prefault({}),
});

/** Whole pictures with boxes, each zoomed, cut, mirrored and coloured at random. */
const boxesSchema = z.strictObject({
  kind: z.literal("boxes"),
  sets: z
    .array(
      sampleSetSchema.pick({ reader: true, folder: true, options: true, hold_out: true, skip: true, group_by: true }),
    )
    .min(1)
    .describe("shuffled together; an epoch is a pass over all"),
  augmentation: z
    .strictObject({
      flip: share.default(0).describe("probability of a mirror image"),
      zoom: z.number().min(1).default(1).describe("largest factor of enlargement and of reduction"),
      ...jitterFields,
    })
    .prefault({}),
  smallest: z
    .number()
    .min(0)
    .default(6)
    .describe("smaller objects, in pixels of the input, are neither learned nor background"),
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
  false_finds: z
    .strictObject({
      file: z.string().min(1).describe("list of what a detector wrongly found in these pictures"),
      sha256: z.string().optional().describe("of that file; another one is refused"),
      share: share.describe("of scenes around such places"),
    })
    .optional()
    .describe("hard places without an object; absent: none"),
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

/** A model whose answers are labels where a data set has none. */
const teacherSchema = z.strictObject({
  ...cardSchema.shape.sources.element.shape,
  model: z
    .strictObject({
      file: z.string().describe("its .onnx, from the working directory, a data folder or the folder above one"),
      sha256: z.string().describe("of the file"),
      reads: z
        .strictObject({
          preprocessing: preprocessingSchema,
          tasks: z.array(taskSchema).min(1),
          alignment: cardSchema.shape.alignment,
        })
        .optional()
        .describe("what a card would say, of a file without one; tasks are named as the outputs"),
    })
    .optional()
    .describe("where data sets ask it (data.sets, taught)"),
});

/** A model that is trained further. */
const startSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe("an .onnx: of Fovea, with the same backbone, or of any maker, without model.backbone"),
  sha256: z.string().optional().describe("of that file; another one is refused"),
  features: z
    .string()
    .optional()
    .describe(
      "value of a foreign graph that the tasks read, [N, C, H, W] or [N, C]; absent: what its last pooling reads",
    ),
  freeze: z
    .array(z.string())
    .default([])
    .describe("regular expressions: weights of the backbone whose names fit one stay as they are"),
  rate_decay: share.default(1).describe("factor of the learning rate for each block away from the tasks"),
});

/** All there is to one training. */
export const recipeSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .describe("also the name of the model's file"),
    seed: z.int().default(0).describe("of fresh weights, order and augmentation"),
    card: cardSchema.pick({ summary: true, licence: true, limits: true, alignment: true }),
    teachers: z.array(teacherSchema).default([]).describe("models that made or make labels, and their terms"),
    data: z.discriminatedUnion("kind", [samplesSchema, scenesSchema, boxesSchema]),
    preprocessing: preprocessingSchema,
    model: z.strictObject({
      backbone: backboneSchema
        .optional()
        .describe("absent: the graph of model.from up to its features is the backbone"),
      from: startSchema.optional().describe("what the training starts from; absent: fresh weights"),
      tasks: z.array(taskSchema).min(1),
      dropout: share
        .lt(1)
        .optional()
        .describe("chance by which each channel that the tasks read is left out, in training"),
      drop_path: share
        .lt(1)
        .optional()
        .describe(
          "chance by which the branch of the last residual block is left out, in training; less for those before",
        ),
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
  const text = await readText(path).catch((cause: unknown) => {
    throw errors["recipe-missing"]({ path }, { cause });
  });
  return parseRecipe(text, path);
}

/** Checks the text of a recipe (YAML); `path` is for messages. */
export function parseRecipe(text: string, path: string): LoadedRecipe {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw errors["recipe-invalid"]({ path, detail: (cause as Error).message }, { cause });
  }
  const parsed = recipeSchema.safeParse(value);
  if (!parsed.success)
    throw errors["recipe-invalid"]({ path, detail: z.prettifyError(parsed.error) }, { cause: parsed.error });
  return { recipe: parsed.data, text, sha256: sha256(text) };
}
