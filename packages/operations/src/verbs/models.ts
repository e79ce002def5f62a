import { asFoveaError } from "@foveajs/errors";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { hashFile, type ModelFile, type ModelStore } from "../models/store.ts";
import { operation, streamOperation } from "../operation.ts";
import { failureSchema, modelsFolder, terminal } from "./schemas.ts";

const modelSchema = z.object({
  name: z.string(),
  path: z.string(),
  origin: z.enum(["shipped", "user", "named"]).describe("with the product, in the cache, or in the folder named"),
  size_bytes: z.int(),
  sha256: z.string(),
  tasks: z.array(z.string()),
  licence: z.string(),
  results: z.array(
    z.object({
      data: z.string(),
      metric: z.string(),
      value: z.number(),
      interval: z.tuple([z.number(), z.number()]).optional().describe("95 %, where one was made"),
    }),
  ),
});

const failedSchema = z.object({ name: z.string(), path: z.string(), error: failureSchema });

export type ModelResult = z.output<typeof modelSchema>;

/** Lists the models that can be used here. */
export const models = streamOperation({
  name: "models",
  summary: "List the models: tasks, size, checksum, licence and results.",
  input: z.object({ models: modelsFolder }),
  output: z.union([modelSchema, failedSchema]),
  async *run(input, context) {
    const store = context.models(input.models);
    for (const file of await filesOf(store)) {
      yield await orFailure(file, context, () => describeModel(file, context));
    }
  },
});

const showSchema = modelSchema.extend({
  summary: z.string().optional(),
  labels: z.record(z.string(), z.array(z.string())).describe("by task"),
  derived: z
    .record(z.string(), z.string())
    .optional()
    .describe("by task: what its labels were worked out from, where nobody measured them"),
  sources: z
    .array(
      z.object({
        name: z.string(),
        licence: z.string(),
        labels: z.array(z.string()).optional().describe("of a data set: tasks that its own labels are for"),
        taught: z
          .array(
            z.object({
              task: z.string(),
              set: z.string().describe("data set whose training samples it labelled"),
              share: z.number().optional().describe("its share where a sample has a label already; 1 where absent"),
              at_least: z.number().optional().describe("least probability that counts; 0 where absent"),
            }),
          )
          .optional()
          .describe("of a teacher: what it labelled"),
      }),
    )
    .describe("data sets and teachers"),
  limits: z.string().optional(),
});

export type ModelDetails = z.output<typeof showSchema>;

/** Tells all that one model's card says. */
export const showModel = operation({
  name: "models show",
  summary: "Show all that the card of one model says.",
  input: z.object({
    name: z
      .string()
      .min(1)
      .describe("name of the model, as `fovea models` prints it")
      .meta(terminal({ positional: true, value: "NAME" })),
    models: modelsFolder,
  }),
  output: showSchema,
  async run(input, context) {
    const file = await context.models(input.models).find(input.name);
    const card = await context.parts.readCard(file.path);
    const derived = card.tasks.flatMap(({ name, derived_from }) =>
      derived_from ? [[name, derived_from] as const] : [],
    );
    return {
      ...(await describeModel(file, context)),
      ...(card.summary === undefined ? {} : { summary: card.summary }),
      labels: Object.fromEntries(card.tasks.map(({ name, labels }) => [name, [...(labels ?? [])]])),
      ...(derived.length > 0 ? { derived: Object.fromEntries(derived) } : {}),
      sources: card.sources.map(({ name, licence, labels, taught }) => ({
        name,
        licence,
        ...(labels ? { labels: [...labels] } : {}),
        ...(taught ? { taught: taught.map((told) => ({ ...told })) } : {}),
      })),
      ...(card.limits === undefined ? {} : { limits: card.limits }),
    };
  },
});

const verificationSchema = z.object({
  name: z.string(),
  path: z.string(),
  matches: z.boolean(),
  largest_difference: z.number().describe("from the golden output, absolute"),
  tolerance: z.number(),
  milliseconds: z.number(),
});

export type VerificationResult = z.output<typeof verificationSchema>;

/** Runs the golden input of models again and compares with the golden output; a difference is a gate not met. */
export const verifyModels = streamOperation({
  name: "models verify",
  summary: "Run each model's golden input again and compare with its golden output.",
  input: z.object({
    names: z
      .array(z.string().min(1))
      .default([])
      .describe("names of models; all when absent")
      .meta(terminal({ positional: true, value: "NAME" })),
    models: modelsFolder,
  }),
  output: z.union([verificationSchema, failedSchema]),
  outcome: (result) => ("error" in result ? "failed" : result.matches ? "done" : "unmet"),
  async *run(input, context) {
    const store = context.models(input.models);
    const files = input.names.length === 0 ? await filesOf(store) : await Promise.all(input.names.map(store.find));
    for (const [done, file] of files.entries()) {
      if (context.signal.aborted) {
        throw errors.cancelled({ operation: "models verify", done: `${done} of ${files.length} models are done` });
      }
      context.progress({ done, total: files.length, unit: "models", note: file.name });
      yield await orFailure(file, context, async () => {
        const start = context.now();
        const { matches, largestDifference, tolerance } = await context.parts.verifyModel(file.path);
        const milliseconds = Math.round((context.now() - start) * 10) / 10;
        const { name, path } = file;
        return { name, path, matches, largest_difference: largestDifference, tolerance, milliseconds };
      });
    }
  },
});

async function filesOf(store: ModelStore): Promise<readonly ModelFile[]> {
  const files = await store.list();
  if (files.length === 0) throw errors["no-models"]({ folders: store.folders.map(({ path }) => path) });
  return files;
}

async function describeModel({ name, path, origin, sizeBytes }: ModelFile, context: Context): Promise<ModelResult> {
  const { tasks, licence, results } = await context.parts.readCard(path);
  return {
    name,
    path,
    origin,
    size_bytes: sizeBytes,
    sha256: await hashFile(path),
    tasks: tasks.map((task) => task.name),
    licence,
    results: results.map(({ interval, ...result }) => ({
      ...result,
      ...(interval ? { interval: [...interval] } : {}),
    })),
  };
}

/** A file that is no sound model gives its error in its place. */
async function orFailure<Result>({ name, path }: ModelFile, context: Context, run: () => Promise<Result>) {
  try {
    return await run();
  } catch (thrown) {
    context.onFailure?.(thrown);
    return { name, path, error: asFoveaError(thrown).toJSON() };
  }
}
