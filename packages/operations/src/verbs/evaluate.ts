import {
  type ChosenThreshold,
  type Measured,
  type Mode,
  type Outcome,
  protocolOf,
  protocols,
  readBoxPredictions,
  readClassPredictions,
  readLandmarkPredictions,
  readMultitaskPredictions,
  readSimilarityPredictions,
  type ScoreOptions,
  type Scores,
  type Test,
} from "@foveajs/evaluation";
import { z } from "zod";
import { errors } from "../errors.ts";
import { streamOperation } from "../operation.ts";
import { type Answering, type Asking, answeringsOf } from "./answers.ts";
import { commandOf } from "./command.ts";
import { openReport } from "./evaluate-report.ts";
import {
  createLeakGuard,
  type LeakCheck,
  leakCheckOf,
  leakCheckSchema,
  leakRules,
  samplesTrainedOn,
} from "./leak-guard.ts";
import { isPredictions, type Predictions, readPredictions } from "./predictions.ts";
import { writeOutcomes } from "./result-files.ts";
import { modelsFolder, terminal, threads } from "./schemas.ts";
import {
  readThresholdSplit,
  reportedThreshold,
  type ThresholdSplit,
  thresholdOfPredictions,
  thresholdSchema,
} from "./threshold-split.ts";

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

/** Draws of the bootstrap, and the confidence of its intervals. */
const BOOTSTRAP = { resamples: 1000, level: 0.95 };
/** Where predictions of another tool come without a threshold. */
const USUAL_THRESHOLD = 0.5;

/** Scores a model, a pipeline or predictions of any tool by an official protocol. */
export const evaluate = streamOperation({
  name: "evaluate",
  summary: "Score a model, a pipeline or a file of predictions by an official protocol.",
  input: z
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
      split: z
        .string()
        .min(1)
        .optional()
        .describe("part of the data; the first of the protocol's parts that the data has when absent")
        .meta(terminal({ value: "NAME" })),
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
      thresholdFrom: z
        .string()
        .min(1)
        .optional()
        .describe("choose the threshold on this split, for --target-fpr; never on the split that is scored")
        .meta(terminal({ value: "NAME" })),
      thresholdData: z
        .string()
        .min(1)
        .optional()
        .describe("folder with that split; the scored one when absent")
        .meta(terminal({ value: "DIR" })),
      targetFpr: z
        .number()
        .min(0)
        .optional()
        .describe(
          "false positives at that threshold at most: false faces a picture, or share of impostor pairs accepted",
        )
        .meta(terminal({ value: "RATE" })),
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
    }),
  output: evaluationSchema,
  async *run(input, context) {
    const protocol = protocolOf(input.protocol);
    const files = context.parts.releaseFiles(input.data);
    const whole = await protocol.read(files, { part: input.split });
    const load = context.parts.createPictureLoader(input.data);
    const report =
      input.report === undefined ? undefined : await openReport({ path: input.report, protocol, load, context });
    const watched = (test: Test) => report?.watch(test) ?? test;
    const withReport = async (evaluation: Evaluation): Promise<Evaluation> => {
      if (report === undefined) return evaluation;
      await report.add(evaluation);
      return { ...evaluation, report: input.report };
    };
    const calibration = await readThresholdSplit(protocol, input, { scored: whole, parts: context.parts });
    const commit = await context.parts.commit();
    const { cpu, cores, platform, node } = context.parts.machine();
    const recorded: { result: Evaluation; outcomes: readonly Outcome[] }[] = [];
    const result = (mode: Mode, { missed, metrics, outcomes = [] }: Scores, told: Told): Evaluation => {
      const evaluation: Evaluation = {
        protocol: protocol.id,
        mode,
        split: told.split,
        missed,
        metrics: Object.fromEntries(Object.entries(metrics).map(([name, measured]) => [name, reported(measured)])),
        ...(calibration && told.chosen ? { threshold: reportedThreshold(calibration, told.chosen) } : {}),
        leak_check: told.leak,
        model: told.model,
        seed: input.seed,
        commit,
        command: commandOf(input),
        machine: { cpu, cores, platform, node, device: told.device },
      };
      recorded.push({ result: evaluation, outcomes });
      return evaluation;
    };
    const writeRecorded = async () => {
      if (input.outcomes !== undefined) await writeOutcomes(input.outcomes, recorded);
    };
    const options = { ...BOOTSTRAP, seed: input.seed, ...(input.iou === undefined ? {} : { iou: input.iou }) };
    if (isPredictions(input.subject)) {
      const test = watched(whole);
      const predictions = await readPredictions(input.subject, test, protocol.id);
      const chosen = calibration && thresholdOfPredictions(calibration, predictions, options);
      const threshold = chosen?.value ?? input.threshold;
      const scores = scorePredictions(test, predictions, {
        ...options,
        ...(threshold === undefined ? {} : { threshold }),
      });
      const told = { split: test.split, model: predictions.model, chosen };
      yield await withReport(result(input.mode ?? test.modes[0]!, scores, { ...told, leak: "no card", device: null }));
      await writeRecorded();
      return;
    }
    const subject = await context.parts.openSubject({
      models: context.models(input.models),
      name: input.subject,
      ...(input.threads === undefined ? {} : { threads: input.threads }),
    });
    try {
      const { name, sha256, graphSha256, device } = subject;
      const model = { name, sha256, ...(graphSha256 === undefined ? {} : { graph_sha256: graphSha256 }) };
      const answerable = (test: Test) =>
        chosenOf(answeringsOf(subject, test, protocol.id), input.mode, name, protocol.id);
      // what cannot be answered is refused before a picture is read
      answerable(whole);
      const asking = (load: Asking["load"], { samples }: Test, note: string): Asking => {
        const onProgress = (done: number) => {
          stopIfAborted(context.signal, done, samples.length);
          context.progress({ done, total: samples.length, unit: "pictures", note, device });
        };
        onProgress(0);
        return { load, signal: context.signal, onProgress };
      };
      const choose = async (mode: Mode, { test: other, data, target }: ThresholdSplit) => {
        const answering = answeringsOf(subject, other, protocol.id).find((candidate) => candidate.mode === mode);
        if (!answering?.choose) throw errors["no-threshold"]({ protocol: protocol.id });
        const loadOther = context.parts.createPictureLoader(data);
        const ask = asking(({ picture }) => loadOther(picture), other, "choosing the threshold");
        return answering.choose(ask, { ...options, target });
      };
      const lookUp = () =>
        samplesTrainedOn(
          subject,
          whole.samples,
          asking(({ picture }) => load(picture), whole, "looking for training pictures"),
        );
      const without = input.leaks === "leave_out" ? await lookUp() : new Set<string>();
      const test = watched(without.size === 0 ? whole : await protocol.read(files, { part: input.split, without }));
      const total = test.samples.length;
      const guard = createLeakGuard(subject, load, { protocol: protocol.id, split: test.split.name, total });
      for (const { mode, score } of answerable(test)) {
        const chosen = calibration && (await choose(mode, calibration));
        const scores = await score(asking(guard.load, test, mode), {
          ...options,
          ...(chosen ? { threshold: chosen.value } : {}),
        });
        const leak = leakCheckOf(guard.verdict(), without.size);
        yield await withReport(result(mode, scores, { split: test.split, model, chosen, leak, device }));
      }
      await writeRecorded();
    } finally {
      await subject.dispose();
    }
  },
});

function scorePredictions(
  test: Test,
  { files, ending }: Predictions,
  { threshold: told, ...usual }: ScoreOptions & { threshold?: number; iou?: number },
): Scores {
  const [{ name: file, text }] = files;
  const options = { ...usual, threshold: told ?? USUAL_THRESHOLD };
  switch (test.kind) {
    case "classification":
      return test.score(readClassPredictions(text, test, file), options);
    case "landmarks":
      return test.score(test.formats?.[ending]?.read(files) ?? readLandmarkPredictions(text, test, file), options);
    case "detection":
      return test.score(readBoxPredictions(text, test, file), options);
    case "verification":
      return test.score(readSimilarityPredictions(text, test, file), {
        ...usual,
        ...(told === undefined ? {} : { threshold: told }),
      });
    case "objects":
      return test.score(test.formats[ending]!.read(files), options);
    case "multitask":
      return test.score(test.formats?.[ending]?.read(files) ?? readMultitaskPredictions(text, test, file), options);
  }
}

/** What a result tells besides its scores. */
interface Told {
  readonly split: Test["split"];
  readonly model: Evaluation["model"];
  readonly chosen: ChosenThreshold | undefined;
  readonly leak: LeakCheck;
  readonly device: string | null;
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
