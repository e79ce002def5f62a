import { availableParallelism } from "node:os";
import { basename, dirname } from "node:path";
import { calibrationMethods } from "@foveajs/graph";
import { exportTypes } from "@foveajs/vision";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import type { ConversionSide } from "../models/conversion.ts";
import { findRecipe } from "../models/recipe-folder.ts";
import { modelPath } from "../models/store.ts";
import { operation } from "../operation.ts";
import { dataFolder, modelsFolder, optionalText, terminal, threads } from "./schemas.ts";

const sideSchema = z.object({
  size_bytes: z.int(),
  milliseconds: z.number().nullable().describe("median of one picture's run; null where nobody knows an input's size"),
  metrics: z.record(z.string(), z.number()).describe('by "TASK/METRIC"; empty without data'),
});

const exportSchema = z.object({
  model: z.string(),
  to: z.enum(exportTypes),
  path: z.string().describe("of the file that was written"),
  sha256: z.string(),
  note: z.string().describe("as the card has it"),
  measured: z
    .object({ data: z.string(), count: z.int() })
    .optional()
    .describe("what both files were measured on, with how many of each; absent where nothing was measured"),
  not_measured: z.string().optional().describe("why nothing was measured, with the remedy"),
  input: z.array(z.int()).describe("shape of the input whose time was taken"),
  before: sideSchema,
  after: sideSchema,
  largest_difference: z
    .number()
    .nullable()
    .describe("of the golden outputs; of those of noise without a card, null where none could be made"),
  tolerance: z.number().nullable().describe("of the new golden output; null without a card"),
});

/** Writes a model in another type of weights, and says what that costs. */
export const exportVerb = operation({
  name: "export",
  summary: "Write a model for deployment: folded, in half precision or in 8 bits, with what that costs in accuracy.",
  input: z.object({
    model: z
      .string()
      .min(1)
      .describe("name of the model, or its .onnx file")
      .meta(terminal({ positional: true, value: "MODEL" })),
    to: z
      .enum(exportTypes)
      .describe("type of the weights")
      .meta(terminal({ value: "TYPE" })),
    output: z
      .string()
      .min(1)
      .optional()
      .describe("file to write; MODEL.TYPE.onnx in this folder when absent")
      .meta(terminal({ value: "FILE", short: "o" })),
    recipe: optionalText(
      "the model's own recipe (recipes/NAME/recipe.yaml, or recipe.yaml in the folder of its run): what it trains on calibrates int8, what it holds out measures both files",
      "FILE",
    ),
    data: dataFolder,
    calibrate: optionalText(
      "folder of a data set in place of a recipe: its training part calibrates int8, its validation part measures both files, a share that is held out where it has none",
      "DIR",
    ),
    reader: z
      .string()
      .min(1)
      .default("folder")
      .describe("reader of the data set, as in recipes")
      .meta(terminal({ value: "NAME" })),
    options: optionalText("options of the reader, a JSON object", "JSON"),
    alignedBy: optionalText(
      "labels with five points by which faces are cut out as the card says; pictures go in as they are when absent",
      "NAME",
    ),
    samples: z
      .int()
      .min(1)
      .max(100_000)
      .default(256)
      .describe("pictures to calibrate on")
      .meta(terminal({ value: "N" })),
    measure: z
      .int()
      .min(1)
      .optional()
      .describe("pictures to measure on at most; all when absent")
      .meta(terminal({ value: "N" })),
    method: z
      .enum(calibrationMethods)
      .default("min_max")
      .describe("how ranges of activations are chosen")
      .meta(terminal({ value: "METHOD" })),
    weightBits: z
      .int()
      .min(7)
      .max(8)
      .default(7)
      .describe("bits that int8 weights use; 8 can overflow in silence on x86 without VNNI")
      .meta(terminal({ value: "N" })),
    models: modelsFolder,
    threads,
  }),
  output: exportSchema,
  async run(input, context) {
    const { to, recipe, calibrate, reader, alignedBy, samples, measure, method, weightBits } = input;
    if (recipe !== undefined && calibrate !== undefined) throw errors["data-twice"]({ recipe, calibrate });
    const path = await modelPath(context.models(input.models), input.model);
    const name = basename(path, ".onnx");
    const output = input.output ?? `${name}.${to}.onnx`;
    const options = input.options === undefined ? {} : { options: parseOptions(input.options) };
    const made = await context.parts.exportModel({
      path,
      output,
      to,
      ...(calibrate === undefined
        ? {}
        : { data: { folder: calibrate, reader, ...options, ...(alignedBy === undefined ? {} : { alignedBy }) } }),
      ...(recipe === undefined
        ? {}
        : { data: { recipe, ...(input.data === undefined ? {} : { dataFolders: [input.data] }) } }),
      recipeAtHand: await recipeAtHand(path, context),
      method,
      weightBits: weightBits as 7 | 8,
      samples,
      ...(measure === undefined ? {} : { measure }),
      threads: input.threads ?? availableParallelism(),
      signal: context.signal,
      onStage: (note) => context.progress({ done: 0, unit: "files", note }),
    });
    return {
      model: made.name,
      to,
      path: output,
      sha256: made.sha256,
      note: made.note,
      ...(made.measured ? { measured: made.measured } : {}),
      ...(made.unmeasured === undefined ? {} : { not_measured: made.unmeasured }),
      input: [...made.input],
      before: sideOf(made.before),
      after: sideOf(made.after),
      largest_difference: made.largestDifference,
      tolerance: made.tolerance,
    };
  },
});

/** The recipe of a model where it stands among the product's or beside the file; undefined where the card names none. */
async function recipeAtHand(path: string, { parts }: Context): Promise<string | undefined> {
  try {
    const { recipe } = await parts.readCard(path);
    if (!recipe) return undefined;
    return (await findRecipe(parts.recipesFolder, { model: path, ...recipe, beside: dirname(path) })).recipe;
  } catch {
    // whatever is wrong with the file is told by the conversion
    return undefined;
  }
}

const sideOf = ({ sizeBytes, milliseconds, metrics }: ConversionSide) => ({
  size_bytes: sizeBytes,
  milliseconds,
  metrics,
});

function parseOptions(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errors["bad-reader-options"]({ received: text, reason: (cause as Error).message }, { cause });
  }
}
