import { z } from "zod";

const measures = z.record(z.string(), z.number());
const place = { step: z.int(), steps: z.int(), epoch: z.int(), epochs: z.int() };

/** The schema of `TrainingEvent`, which the trainer's type must keep to, and of the reports that are written of the run. */
export const trainingEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("proposal"),
    recipe: z.string().describe("path of the recipe that was proposed for one's own pictures"),
    notes: z.array(z.object({ what: z.string(), value: z.string(), why: z.string() })).describe("what was chosen"),
    skipped: z.array(z.object({ picture: z.string(), reason: z.string() })).describe("pictures that cannot be read"),
  }),
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
    seconds_by_part: measures.optional().describe("where the time of the epoch went"),
    peak_memory_bytes: z.number().optional(),
    loss_weights: measures.optional().describe("by task, where they are learned"),
    resting: z.array(z.string()).optional().describe("tasks that are taught no more"),
  }),
  z.object({ type: z.literal("checkpoint"), step: z.int(), path: z.string() }),
  z.object({
    type: z.literal("done"),
    step: z.int(),
    seconds: z.number(),
    model: z.string().describe("the .onnx file"),
    sha256: z.string(),
    metrics: measures,
    moment: z
      .object({
        epoch: z.int(),
        seconds: z.number().optional().describe("that choosing and fitting took"),
        heads: z
          .record(z.string(), z.object({ own: z.number(), refitted: z.number().nullable(), epoch: z.int().optional() }))
          .describe(
            "by task: losses of the network's own head and of the one fitted anew; epoch: of the fit that was taken",
          ),
      })
      .optional()
      .describe("which epoch and which heads were taken (training.moment)"),
  }),
  z.object({
    type: z.literal("report"),
    path: z.string().optional().describe("the page, written anew after every epoch"),
    reason: z.string().optional().describe("why none could be written; the training goes on"),
  }),
]);
