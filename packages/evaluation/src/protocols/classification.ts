import { errors } from "../errors.ts";
import { topKAccuracy } from "../metrics/accuracy.ts";
import { type Classified, logProbabilities, predictedClass } from "../metrics/classified.ts";
import type { ConfusionMatrix } from "../metrics/confusion-matrix.ts";
import { expectedCalibrationError, judge } from "../metrics/expected-calibration-error.ts";
import type { Metric } from "../metrics/metric.ts";
import { negativeLogLikelihood } from "../metrics/negative-log-likelihood.ts";
import { type Measured, measure, statesByGroup } from "../statistics/bootstrap.ts";
import { macroF1WithMissed } from "./macro-f1-with-missed.ts";
import type { Outcome, RatioOutcome } from "./outcomes.ts";
import type { ClassificationTest, MetricInfo, Mode, ScoreOptions, Split, TestSample } from "./protocol.ts";

/** What every classification protocol measures. */
export const classificationMetrics = [
  { name: "accuracy", unit: "fraction", higherIsBetter: true, summary: "share of samples whose class was named" },
  {
    name: "macro_f1",
    unit: "fraction",
    higherIsBetter: true,
    summary: "mean of F1 over the classes that are among the labels or the answers",
  },
  {
    name: "ece",
    unit: "fraction",
    higherIsBetter: false,
    summary: "expected calibration error, 15 bins of equal width, over the samples that were answered",
  },
  {
    name: "nll",
    unit: "nats",
    higherIsBetter: false,
    summary: "mean of -ln probability of the labelled class, over the samples that were answered",
  },
] as const satisfies readonly MetricInfo[];

/** A sample with its class, by number, and the unit that it must not be torn from. */
export interface LabelledSample extends TestSample {
  readonly target: number;
  readonly unit: string;
}

export interface ClassificationOptions<Sample extends LabelledSample> {
  readonly split: Split;
  readonly others: ReadonlySet<string>;
  readonly modes: readonly Mode[];
  readonly classes: readonly string[];
  readonly topic?: string;
  readonly samples: readonly Sample[];
  /** Other names of classes, by name. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * What becomes of labels that are no class here. `leave_out`: they are deleted before the largest is taken, as for an
   * 8-class network scored on 7 classes. `keep`: they stay, and naming one is wrong.
   */
  readonly otherLabels?: "leave_out" | "keep";
  /** Labels that predictions may tell besides; they are deleted. */
  readonly leftOut?: readonly string[];
  /** Further metrics over all samples, by key in results; a face that was missed is named a class of its own. */
  readonly overAll?: Readonly<Record<string, Metric<Classified, ConfusionMatrix>>>;
  /** Further metrics over the samples that were answered with probabilities. */
  readonly further?: Readonly<Record<string, FurtherMean<Sample>>>;
}

/** A mean over answered samples. */
export type FurtherMean<Sample> = Metric<readonly Answered<Sample>[], Mean>;

/** Σ of what samples added, and their number. */
interface Mean {
  readonly sum: number;
  readonly count: number;
}

/** A sample with its logits [C] in the order of the classes. */
export interface Answered<Sample> {
  readonly sample: Sample;
  readonly logits: ArrayLike<number>;
}

/** The test of samples with one class each: accuracy, macro F1, calibration error and likelihood, with intervals. */
export function classificationTest<Sample extends LabelledSample>({
  split,
  others,
  modes,
  classes,
  topic,
  samples,
  aliases = {},
  otherLabels = "leave_out",
  leftOut = [],
  overAll = {},
  further = {},
}: ClassificationOptions<Sample>): ClassificationTest {
  const classOf = (label: string) => {
    const name = Object.hasOwn(aliases, label) ? aliases[label]! : label;
    return otherLabels === "keep" || classes.includes(name) ? name : undefined;
  };
  const columns = (labels: readonly string[]) => {
    const names = labels.map(classOf);
    const missing = classes.filter((name) => !names.includes(name));
    if (missing.length > 0)
      throw errors["unscored-classes"]({ where: "labels of the model", missing, received: labels });
    const own = classes.map((name) => names.indexOf(name));
    return otherLabels === "keep" ? [...own, ...[...labels.keys()].filter((column) => !own.includes(column))] : own;
  };
  return {
    kind: "classification",
    split,
    modes,
    samples,
    others,
    classes,
    ...(topic === undefined ? {} : { topic }),
    leftOut,
    columns,
    classOf,
    score({ labels, logits, hasProbabilities }, options) {
      const order = columns(labels);
      const answers = samples.map((sample) => {
        const row = logits.get(sample.id);
        if (row === undefined) throw missingRows("answers", samples, logits);
        return { sample, logits: row && order.map((column) => row[column]!) };
      });
      const found = answers.flatMap(({ sample, logits }) => (logits === null ? [] : [{ sample, logits }]));
      const extended = answers.map(({ sample, logits }) => ({ sample, logits: withMissed(logits, order.length) }));
      const likely = <State>(metric: Metric<Classified, State>) =>
        hasProbabilities ? measureAnswers(metric, found, options) : undefinedMeasure(noProbabilities);
      return {
        missed: answers.length - found.length,
        metrics: {
          accuracy: measureAnswers(topKAccuracy(), extended, options),
          macro_f1: measureAnswers(macroF1WithMissed(order.length), extended, options),
          ...Object.fromEntries(
            Object.entries(overAll).map(([name, metric]) => [name, measureAnswers(metric, extended, options)]),
          ),
          ece: likely(expectedCalibrationError({ bins: 15 })),
          nll: likely(negativeLogLikelihood()),
          ...Object.fromEntries(
            Object.entries(further).map(([name, metric]) => [
              name,
              hasProbabilities ? measureFound(metric, found, options) : undefinedMeasure(noProbabilities),
            ]),
          ),
        },
        outcomes: answers.map((answered) =>
          classOutcome(answered, { overAll: Object.keys(overAll), further: hasProbabilities ? further : undefined }),
        ),
      };
    },
  };
}

/**
 * What a sample adds to accuracy, macro F1 and the other metrics of its class, and, where there are probabilities, to
 * calibration, likelihood and the further means; a missed face is wrong and has no probability.
 */
function classOutcome<Sample extends LabelledSample>(
  { sample, logits }: { sample: Sample; logits: readonly number[] | null },
  {
    overAll,
    further,
  }: { overAll: readonly string[]; further: Readonly<Record<string, FurtherMean<Sample>>> | undefined },
): Outcome {
  const { id, unit, target } = sample;
  const answer = logits && predictedClass(logits, target);
  const named = Object.fromEntries(["macro_f1", ...overAll].map((name) => [name, { target, answer }]));
  const values = { accuracy: [answer === target ? 1 : 0, 1] as const, ...named };
  if (logits === null || further === undefined) return { id, unit, values };
  const means = Object.entries(further).map(([name, metric]): [string, RatioOutcome] => {
    const { sum, count } = metric.update(metric.empty(), [{ sample, logits }]);
    return [name, [sum, count]];
  });
  const [ece] = judge({ logits: [logits], targets: [target] });
  const nll = [-logProbabilities(logits, id)[target]!, 1] as const;
  return { id, unit, values: { ...values, ece: ece!, nll, ...Object.fromEntries(means) } };
}

/** The error for answers that lack some sample. */
export function missingRows(where: string, samples: readonly TestSample[], answers: ReadonlyMap<string, unknown>) {
  const missing = samples.filter(({ id }) => !answers.has(id));
  return errors["missing-rows"]({
    where,
    expected: samples.length,
    missing: missing.length,
    first: missing[0]?.id ?? "",
  });
}

/** A value that is undefined for `reason`, with its interval. */
export const undefinedMeasure = (reason: string): Measured => ({
  value: Number.NaN,
  interval: [Number.NaN, Number.NaN],
  reason,
});

const noProbabilities = "the answers are classes without probabilities";

const measureAnswers = <State>(
  metric: Metric<Classified, State>,
  answers: readonly Answered<LabelledSample>[],
  options: ScoreOptions,
): Measured =>
  measure(
    metric,
    statesByGroup(
      metric,
      answers.map(({ sample, logits }) => ({
        group: sample.unit,
        batch: { logits: [logits], targets: [sample.target] },
      })),
    ),
    options,
  );

function measureFound<Sample extends LabelledSample>(
  metric: FurtherMean<Sample>,
  found: readonly Answered<Sample>[],
  options: ScoreOptions,
): Measured {
  const batches = found.map((answered) => ({ group: answered.sample.unit, batch: [answered] }));
  return measure(metric, statesByGroup(metric, batches), options);
}

/** Logits with one more column, which alone is likely where the face was missed. */
const withMissed = (logits: readonly number[] | null, classes: number): number[] =>
  logits === null
    ? [...Array.from({ length: classes }, () => Number.NEGATIVE_INFINITY), 0]
    : [...logits, Number.NEGATIVE_INFINITY];
