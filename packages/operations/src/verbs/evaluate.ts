import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  type Measured,
  type Mode,
  protocolOf,
  protocols,
  readBoxPredictions,
  readClassPredictions,
  readLandmarkPredictions,
  type ScoreOptions,
  type Scores,
  type Test,
} from "@foveajs/evaluation";
import { z } from "zod";
import { errors } from "../errors.ts";
import { fileError } from "../inputs/read-file.ts";
import { streamOperation } from "../operation.ts";
import { type Answering, answeringsOf } from "./answers.ts";
import { modelsFolder, terminal, threads } from "./schemas.ts";

const bound = z.number().nullable();
const modes = ["direct", "end_to_end"] as const satisfies readonly Mode[];

const evaluationSchema = z.object({
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
  model: z.object({ name: z.string(), sha256: z.string().describe("of the file") }),
  seed: z.int().describe("of the bootstrap"),
  commit: z.string().nullable().describe("of this code; null where it is not in its repository"),
});

export type Evaluation = z.output<typeof evaluationSchema>;

/** Draws of the bootstrap, and the confidence of its intervals. */
const BOOTSTRAP = { resamples: 1000, level: 0.95 };
/** Where predictions of another tool come without a threshold. */
const USUAL_THRESHOLD = 0.5;

/** Scores a model, a pipeline or predictions of any tool by an official protocol. */
export const evaluate = streamOperation({
  name: "evaluate",
  summary: "Score a model, a pipeline or a file of predictions by an official protocol.",
  input: z.object({
    subject: z
      .string()
      .min(1)
      .describe('"face" (the shipped pipeline), name or file of a model, or predictions as a .csv file')
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
    split: z
      .string()
      .min(1)
      .optional()
      .describe("part of the data; the first of the protocol's parts that the data has when absent")
      .meta(terminal({ value: "NAME" })),
    mode: z
      .enum(modes)
      .optional()
      .describe("only this mode; for predictions, how they were made (direct, for faces and points end_to_end)"),
    threshold: z
      .number()
      .optional()
      .describe(`least score of a find in predictions of faces (default ${USUAL_THRESHOLD}); a model has its own`)
      .meta(terminal({ value: "SCORE" })),
    iou: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("least overlap of a find with a face, for protocol faces (default 0.35)")
      .meta(terminal({ value: "IOU" })),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0)
      .describe("of the bootstrap of intervals")
      .meta(terminal({ value: "N" })),
    models: modelsFolder,
    threads,
  }),
  output: evaluationSchema,
  async *run(input, context) {
    const protocol = protocolOf(input.protocol);
    const test = await protocol.read(
      context.parts.releaseFiles(input.data),
      input.split === undefined ? {} : { part: input.split },
    );
    const commit = await context.parts.commit();
    const result = (mode: Mode, model: Evaluation["model"], { missed, metrics }: Scores): Evaluation => ({
      protocol: protocol.id,
      mode,
      split: test.split,
      missed,
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, measured]) => [name, reported(measured)])),
      model,
      seed: input.seed,
      commit,
    });
    const options = { ...BOOTSTRAP, seed: input.seed, ...(input.iou === undefined ? {} : { iou: input.iou }) };
    if (input.subject.endsWith(".csv")) {
      const bytes = await readFile(input.subject).catch((cause: unknown) => {
        throw fileError(input.subject, cause);
      });
      const file = basename(input.subject);
      const model = { name: file, sha256: createHash("sha256").update(bytes).digest("hex") };
      const scores = scorePredictions(test, bytes.toString("utf8"), file, {
        ...options,
        threshold: input.threshold ?? USUAL_THRESHOLD,
      });
      yield result(input.mode ?? test.modes[0]!, model, scores);
      return;
    }
    const subject = await context.parts.openSubject({
      models: context.models(input.models),
      name: input.subject,
      ...(input.threads === undefined ? {} : { threads: input.threads }),
    });
    try {
      const { name, sha256, device } = subject;
      const answerings = chosenOf(answeringsOf(subject, test, protocol.id), input.mode, name, protocol.id);
      const load = context.parts.createPictureLoader(input.data);
      for (const { mode, score } of answerings) {
        const onProgress = (done: number) => {
          stopIfAborted(context.signal, done, test.samples.length);
          context.progress({ done, total: test.samples.length, unit: "pictures", note: mode, device });
        };
        onProgress(0);
        const { signal } = context;
        const scores = await score({ load: ({ picture }) => load(picture), signal, onProgress }, options);
        yield result(mode, { name, sha256 }, scores);
      }
    } finally {
      await subject.dispose();
    }
  },
});

function scorePredictions(
  test: Test,
  text: string,
  file: string,
  options: ScoreOptions & { threshold: number; iou?: number },
): Scores {
  switch (test.kind) {
    case "classification":
      return test.score(readClassPredictions(text, test, file), options);
    case "landmarks":
      return test.score(readLandmarkPredictions(text, test, file), options);
    case "detection":
      return test.score(readBoxPredictions(text, test, file), options);
  }
}

function chosenOf(answerings: readonly Answering[], mode: Mode | undefined, subject: string, protocol: string) {
  const chosen = answerings.filter((answering) => mode === undefined || answering.mode === mode);
  if (chosen.length > 0) return chosen;
  const received = `only ${answerings.map((answering) => answering.mode).join(", ")}`;
  throw errors["cannot-answer"]({ subject, protocol, expected: `mode ${mode}`, received });
}

function stopIfAborted(signal: AbortSignal, done: number, total: number): void {
  if (signal.aborted) throw errors.cancelled({ operation: "evaluate", done: `${done} of ${total} pictures were read` });
}

/** JSON has neither NaN nor Infinity: null, and the reason beside it. */
function reported({ value, interval, reason }: Measured): Evaluation["metrics"][string] {
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
