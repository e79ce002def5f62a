import { type ChosenThreshold, type Mode, type Outcome, protocolOf, type Scores, type Test } from "@foveajs/evaluation";
import { errors } from "../errors.ts";
import { streamOperation } from "../operation.ts";
import type { Answering, Asking } from "./answering.ts";
import { answeringsOf } from "./answers.ts";
import { commandOf } from "./command.ts";
import { openReport } from "./evaluate-report.ts";
import { type Evaluation, evaluationInput, evaluationSchema, reported } from "./evaluation.ts";
import { createLeakGuard, type LeakCheck, leakCheckOf, samplesTrainedOn } from "./leak-guard.ts";
import { isPredictions, readPredictions } from "./predictions.ts";
import { writeOutcomes } from "./result-files.ts";
import { scorePredictions } from "./score-predictions.ts";
import {
  readThresholdSplit,
  reportedThreshold,
  type ThresholdSplit,
  thresholdOfPredictions,
} from "./threshold-split.ts";

/** Draws of the bootstrap, and the confidence of its intervals. */
const BOOTSTRAP = { resamples: 1000, level: 0.95 };

/** Scores a model, a pipeline or predictions of any tool by an official protocol. */
export const evaluate = streamOperation({
  name: "evaluate",
  summary: "Score a model, a pipeline or a file of predictions by an official protocol.",
  input: evaluationInput,
  output: evaluationSchema,
  async *run(input, context) {
    const protocol = protocolOf(input.protocol);
    const files = context.parts.releaseFiles(input.data);
    const asked = { part: input.split, mismatch: input.mismatch };
    const whole = await protocol.read(files, asked);
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
      const { name, sha256, count, standing = "no official part" } = told.split;
      const evaluation: Evaluation = {
        protocol: protocol.id,
        mode,
        split: { name, sha256, count },
        missed,
        metrics: Object.fromEntries(Object.entries(metrics).map(([name, measured]) => [name, reported(measured)])),
        split_check: standing,
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
      const test = watched(without.size === 0 ? whole : await protocol.read(files, { ...asked, without }));
      const total = test.samples.length;
      const guard = createLeakGuard(subject, load, { protocol: protocol.id, split: test.split.name, total });
      for (const { mode, score } of answerable(test)) {
        const chosen = calibration && (await choose(mode, calibration));
        const scores = await score(asking(loadFor(mode, guard.load), test, mode), {
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

/** Loads what a mode gives of a sample: the face, or the whole picture that it is in. */
const loadFor =
  (mode: Mode, load: Asking["load"]): Asking["load"] =>
  ({ whole, ...sample }) =>
    load(mode === "end_to_end" && whole ? { ...sample, picture: whole } : sample);

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
