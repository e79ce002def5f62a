import { parse } from "yaml";
import { z } from "zod";
import { readText, sha256 } from "#host";
import { backboneSchema } from "../backbones/table.ts";
import { errors } from "../errors.ts";
import { preprocessingSchema } from "../image/preprocess.ts";
import { cardSchema, termsSchema } from "../model/card.ts";
import { taskSchema } from "../tasks/table.ts";
import { checkAgreement } from "./recipe-agreement.ts";
import { dataSchema, share } from "./recipe-data.ts";
import { trainingSchema } from "./recipe-schedule.ts";

/** A model whose answers are labels where a data set has none. */
const teacherSchema = z.strictObject({
  ...termsSchema.shape,
  model: z
    .strictObject({
      file: z
        .string()
        .describe(
          "its .onnx, from the working directory, the recipe's folder or the two above it, a data folder or the folder above one",
        ),
      sha256: z
        .string()
        .describe("of the file, or of the file without its metadata, which stays when its card is written to"),
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
  sha256: z.string().optional().describe("of that file, with its metadata or without; another one is refused"),
  features: z
    .string()
    .optional()
    .describe(
      "value of a foreign graph that the tasks read, [N, C, H, W] or [N, C]; absent: what its last pooling reads",
    ),
  heads: z
    .array(z.string())
    .default([])
    .describe("tasks whose heads go on too, not the backbone alone: the file, of Fovea, has them word for word"),
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
    data: dataSchema,
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
    training: trainingSchema,
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
