import type { TrainingEvent } from "@foveajs/vision";
import { z } from "zod";
import { streamOperation } from "../operation.ts";
import { terminal, threads } from "./schemas.ts";

const measures = z.record(z.string(), z.number());
const place = { step: z.int(), steps: z.int(), epoch: z.int(), epochs: z.int() };

/** The schema of `TrainingEvent`, which the trainer's type must keep to. */
export const trainingEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    run: z.string().describe("folder of the run"),
    ...place,
    parameters: z.int(),
    samples: z.record(z.string(), z.int()).describe("by split"),
    device: z.string(),
    seed: z.number(),
  }),
  z.object({
    type: z.literal("step"),
    ...place,
    loss: z.number(),
    losses: measures.describe("by task"),
    learning_rate: z.number(),
    images_per_second: z.number(),
    seconds_left: z.number(),
  }),
  z.object({
    type: z.literal("epoch"),
    ...place,
    loss: z.number(),
    losses: measures.describe("by task"),
    metrics: measures.describe("on the validation split"),
    images_per_second: z.number(),
    seconds: z.number(),
    seconds_left: z.number(),
  }),
  z.object({ type: z.literal("checkpoint"), step: z.int(), path: z.string() }),
  z.object({
    type: z.literal("done"),
    step: z.int(),
    seconds: z.number(),
    model: z.string().describe("the .onnx file"),
    sha256: z.string(),
    metrics: measures,
  }),
]);

/** Trains what a recipe says; a stop saves the state, and the same command goes on from it. */
export const train = streamOperation({
  name: "train",
  summary: "Train a model from a recipe; a run that was stopped goes on where it was.",
  input: z
    .object({
      recipe: z
        .string()
        .min(1)
        .describe("the recipe, recipes/NAME/recipe.yaml")
        .meta(terminal({ positional: true, value: "RECIPE" })),
      run: z
        .string()
        .min(1)
        .optional()
        .describe("folder of the run: log, checkpoints and result; named after the recipe when absent")
        .meta(terminal({ value: "DIR" })),
      data: z
        .string()
        .min(1)
        .optional()
        .describe("folder that holds the data sets' folders; data, or shared/data beside the repository, when absent")
        .meta(terminal({ value: "DIR" })),
      resume: z.boolean().default(false).describe("only go on with a run: an error where there is none"),
      fresh: z.boolean().default(false).describe("start over, even where an unfinished run could go on"),
      threads,
    })
    .refine(({ resume, fresh }) => !(resume && fresh), {
      message: "--resume and --fresh exclude each other",
      path: ["fresh"],
    }),
  output: trainingEventSchema,
  async *run({ recipe, run, data, resume, fresh, threads }, { parts, signal, progress }) {
    const events = parts.train({
      recipe,
      ...(run === undefined ? {} : { run }),
      ...(data === undefined ? {} : { dataFolders: [data] }),
      start: fresh ? "fresh" : resume ? "resume" : "auto",
      ...(threads === undefined ? {} : { threads }),
      signal,
    });
    for await (const event of events) {
      if (event.type === "step") {
        const { step, steps, epoch, epochs, loss, images_per_second, seconds_left } = event;
        const note = `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  ${Math.round(images_per_second)} images/s`;
        progress({ done: step, total: steps, unit: "steps", note, secondsLeft: seconds_left });
      }
      // The trainer's type is read-only where the schema's is not; the values are the same.
      yield event satisfies TrainingEvent as z.output<typeof trainingEventSchema>;
    }
  },
});
