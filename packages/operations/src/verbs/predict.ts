import { asFoveaError } from "@foveajs/errors";
import { z } from "zod";
import { errors } from "../errors.ts";
import { expandInputs } from "../inputs/expand.ts";
import { inputName, readInput } from "../inputs/read-input.ts";
import { predictionSchema } from "../models/prediction.ts";
import { streamOperation } from "../operation.ts";
import { failureSchema, modelsFolder, terminal, threads } from "./schemas.ts";

const predictedSchema = z.object({
  file: z.string().describe("as named, or found in the folder named; - is standard input"),
  width: z.int(),
  height: z.int(),
  tasks: predictionSchema.describe("by name"),
});

const failedSchema = z.object({ file: z.string(), error: failureSchema });

export type Predicted = z.output<typeof predictedSchema>;
export type FailedPrediction = z.output<typeof failedSchema>;

/** Runs one model on whole pictures; a file that fails gives its error in its place and the others are still read. */
export const predict = streamOperation({
  name: "predict",
  summary: "Run one model on pictures as a whole and tell what each of its tasks says; analyze finds faces first.",
  input: z.object({
    model: z
      .string()
      .min(1)
      .describe("name of a model, or its .onnx file")
      .meta(terminal({ positional: true, value: "MODEL" })),
    files: z
      .array(z.string().min(1))
      .min(1)
      .describe('images, folders, quoted patterns such as "photos/**/*.jpg", or - for an image on standard input')
      .meta(terminal({ positional: true, value: "FILE" })),
    models: modelsFolder,
    threads,
  }),
  output: z.union([predictedSchema, failedSchema]),
  async *run(input, { parts, stdin, signal, progress, onFailure, ...context }) {
    const images = await expandInputs(input.files);
    const model = await parts.openModel({
      models: context.models(input.models),
      name: input.model,
      ...(input.threads === undefined ? {} : { threads: input.threads }),
    });
    try {
      for (const [done, image] of images.entries()) {
        const file = inputName(image);
        const stopIfAborted = () => {
          if (signal.aborted)
            throw errors.cancelled({ operation: "predict", done: `${done} of ${images.length} images are done` });
        };
        stopIfAborted();
        progress({ done, total: images.length, unit: "images", note: file });
        try {
          const decoded = await parts.decodeImage(await readInput(image, stdin), { name: file });
          const [tasks] = await model.predict([decoded], { signal });
          yield { file, width: decoded.width, height: decoded.height, tasks: tasks! };
        } catch (thrown) {
          stopIfAborted();
          onFailure?.(thrown);
          yield { file, error: asFoveaError(thrown).toJSON() };
        }
      }
      progress({ done: images.length, total: images.length, unit: "images" });
    } finally {
      await model.dispose();
    }
  },
});
