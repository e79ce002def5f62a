import { dirname, join } from "node:path";
import { z } from "zod";
import { errors } from "../errors.ts";
import { hashFile, modelPath, updateChecksum } from "../models/store.ts";
import { operation } from "../operation.ts";
import { readResults, type SavedResult } from "./result-files.ts";
import { modelsFolder, terminal } from "./schemas.ts";

const writtenSchema = z.object({
  name: z.string(),
  path: z.string(),
  sha256: z.string().describe("of the file as it is now"),
  graph_sha256: z.string().describe("of the file without its metadata: as before"),
  results: z
    .array(
      z.object({
        data: z.string(),
        metric: z.string(),
        value: z.number(),
        interval: z.tuple([z.number(), z.number()]).optional(),
      }),
    )
    .describe("as the card has them now"),
  checksums: z.string().nullable().describe("the SHA256SUMS that was updated; null where none lists the file"),
});

/** Puts what `evaluate` measured into a model's card: figures are never written by hand. */
export const writeModelResults = operation({
  name: "models results",
  summary:
    "Write saved results of evaluate into a model's card, in place of those that it has; the graph stays as it is.",
  input: z.object({
    model: z
      .string()
      .min(1)
      .describe("name of the model, or its .onnx file")
      .meta(terminal({ positional: true, value: "MODEL" })),
    results: z
      .string()
      .min(1)
      .describe("saved lines of `evaluate MODEL --json`")
      .meta(terminal({ positional: true, value: "FILE" })),
    models: modelsFolder,
  }),
  output: writtenSchema,
  async run(input, context) {
    const saved = await readResults(input.results);
    const path = await modelPath(context.models(input.models), input.model);
    const graphSha256 = await context.parts.graphHash(path);
    saved.forEach(({ model }, i) => {
      if (model.graph_sha256 === graphSha256) return;
      const received = model.graph_sha256 ?? "none";
      throw errors["results-of-other-model"]({ model: input.model, line: i + 1, expected: graphSha256, received });
    });
    const results = saved.flatMap(cardResults);
    await context.parts.writeResults(path, results);
    const sha256 = await hashFile(path);
    const name = path.split(/[/\\]/).at(-1)!;
    const isListed = await updateChecksum(dirname(path), { name, sha256 });
    return {
      name: name.replace(/\.onnx$/, ""),
      path,
      sha256,
      graph_sha256: graphSha256,
      results,
      checksums: isListed ? join(dirname(path), "SHA256SUMS") : null,
    };
  },
});

/** A saved result as a card has it: a row for each metric that is defined. */
export const cardResults = ({
  protocol,
  split,
  mode,
  metrics,
}: Pick<SavedResult, "protocol" | "split" | "mode" | "metrics">) =>
  Object.entries(metrics).flatMap(
    ([
      metric,
      {
        value,
        interval: [low, high],
      },
    ]) =>
      value === null
        ? []
        : [
            {
              data: `${protocol}, ${split.name} (${split.count}), ${mode}`,
              metric,
              value,
              ...(low === null || high === null ? {} : { interval: [low, high] as [number, number] }),
            },
          ],
  );
