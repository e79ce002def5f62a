import { type Measured, type Mode, protocols, splitStandings } from "@foveajs/evaluation";
import { z } from "zod";
import { leakCheckSchema, leakRules } from "./leak-guard.ts";
import { modelsFolder, optionalText, terminal, threads } from "./schemas.ts";
import { USUAL_THRESHOLD } from "./score-predictions.ts";
import { thresholdSchema } from "./threshold-split.ts";

const bound = z.number().nullable();
const modes = ["direct", "end_to_end"] as const satisfies readonly Mode[];

/** What `evaluate` tells of each mode. */
export const evaluationSchema = z.object({
  protocol: z.string(),
  mode: z.enum(modes).describe("direct: the annotated face; end_to_end: the whole picture, faces missed are wrong"),
  split: z.object({ name: z.string(), sha256: z.string().describe("of its label rows"), count: z.int() }),
  missed: z.int().describe("samples, or faces, without an answer"),
  metrics: z
    .record(
      z.string(),
      z.object({
        value: bound.describe("null where it is undefined"),
        interval: z.tuple([bound, bound]),
        reason: z.string().optional(),
      }),
    )
    .describe(
      "by name, each { value, interval: [low, high], reason? }: 95 % bootstrap; null where undefined, reason says why",
    ),
  split_check: z
    .enum(splitStandings)
    .describe(
      "what the split is beside the part that the protocol publishes under its name: official by what is published of it, the rows of a recorded copy of a share, or other rows",
    ),
  threshold: thresholdSchema.optional().describe("with --target-fpr"),
  leak_check: leakCheckSchema.describe(
    "whether the pictures are among those that the model's file lists as trained on: an error, or left out N with --leaks leave_out",
  ),
  model: z.object({
    name: z.string(),
    sha256: z.string().describe("of the file"),
    graph_sha256: z.string().optional().describe("of the file without its metadata; of a single model"),
  }),
  seed: z.int().describe("of the bootstrap"),
  commit: z.string().nullable().describe("of this code; null where it is not in its repository"),
  command: z.string().describe("that gives this result, folders and files by their last names"),
  machine: z.object({
    cpu: z.string(),
    cores: z.int(),
    platform: z.string(),
    node: z.string(),
    device: z.string().nullable().describe("what computed; null for predictions"),
  }),
  report: z.string().optional().describe("the page, with --report"),
});

export type Evaluation = z.output<typeof evaluationSchema>;

/** What is asked of `evaluate`. */
export const evaluationInput = z
  .object({
    subject: z
      .string()
      .min(1)
      .describe(
        '"face" (the shipped pipeline), name or file of a model, or predictions as a file (.csv; for some protocols .json or .txt, %s in the name of several)',
      )
      .meta(terminal({ positional: true, value: "MODEL" })),
    protocol: z
      .enum(Object.keys(protocols) as [string, ...string[]])
      .describe("which protocol; `fovea protocols` tells of each")
      .meta(terminal({ value: "ID" })),
    data: z
      .string()
      .min(1)
      .describe("folder with the label files and pictures")
      .meta(terminal({ value: "DIR" })),
    split: optionalText("part of the data; the first of the protocol's parts that the data has when absent", "NAME"),
    mode: z
      .enum(modes)
      .optional()
      .describe(
        "only this mode; for predictions, how they were made (when absent, the first mode that the data allows)",
      ),
    threshold: z
      .number()
      .optional()
      .describe(
        `least score of a find in predictions of faces, or of an action unit that is named (default ${USUAL_THRESHOLD}); a model has its own`,
      )
      .meta(terminal({ value: "SCORE" })),
    iou: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("least overlap of a find with a face, for protocol faces (default 0.35)")
      .meta(terminal({ value: "IOU" })),
    thresholdFrom: optionalText(
      "choose the threshold on this split, for --target-fpr; never on the split that is scored",
      "NAME",
    ),
    thresholdData: optionalText("folder with that split; the scored one when absent", "DIR"),
    targetFpr: z
      .number()
      .min(0)
      .optional()
      .describe("false positives at that threshold at most: false faces a picture, or share of impostor pairs accepted")
      .meta(terminal({ value: "RATE" })),
    mismatch: z
      .enum(["refuse", "custom"])
      .default("refuse")
      .describe(
        "where the split claims to be a published one and has other rows. refuse: no score; custom: score it as the split custom",
      ),
    leaks: z
      .enum(leakRules)
      .default("refuse")
      .describe(
        "where the model's file lists pictures of the split as trained on. refuse: no score; leave_out: the score of the others, and the split's name says so",
      ),
    outcomes: z
      .string()
      .regex(/\.jsonl$/, "expected a name that ends in .jsonl")
      .optional()
      .describe("also write the results with what each sample came to, to this .jsonl: `fovea compare` reads it")
      .meta(terminal({ value: "FILE" })),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0)
      .describe("of the bootstrap of intervals")
      .meta(terminal({ value: "N" })),
    report: z
      .string()
      .regex(/\.html?$/i, "expected a name that ends in .html")
      .optional()
      .describe("write a page to this .html file: charts, confusion matrix and mistakes with their pictures")
      .meta(terminal({ value: "FILE" })),
    models: modelsFolder,
    threads,
  })
  .refine(
    ({ targetFpr, thresholdFrom, thresholdData }) =>
      (targetFpr !== undefined) === (thresholdFrom !== undefined || thresholdData !== undefined),
    { message: "--target-fpr goes with --threshold-from or --threshold-data, and they with it", path: ["targetFpr"] },
  )
  .refine(({ targetFpr, threshold }) => targetFpr === undefined || threshold === undefined, {
    message: "--threshold and --target-fpr exclude each other",
    path: ["threshold"],
  });

/** JSON has neither NaN nor Infinity: null, and the reason beside it. */
export function reported({ value, interval, reason }: Measured): Evaluation["metrics"][string] {
  const finite = (number: number) => (Number.isFinite(number) ? number : null);
  const why =
    reason ??
    (Math.abs(value) === Number.POSITIVE_INFINITY ? "infinite: a labelled class had no probability" : undefined);
  return {
    value: finite(value),
    interval: [finite(interval[0]), finite(interval[1])],
    ...(why === undefined ? {} : { reason: why }),
  };
}
