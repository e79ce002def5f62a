import { concordanceCorrelation, pearsonCorrelation } from "../../metrics/agreement.ts";
import { meanAbsoluteError, rootMeanSquaredError } from "../../metrics/mean-errors.ts";
import type { Metric } from "../../metrics/metric.ts";
import type { PairedValues } from "../../metrics/paired-values.ts";
import type { MultitaskTest } from "../../protocols/protocol.ts";
import { quantile } from "../../statistics/quantile.ts";
import { countText, nameText, plainText, signedText, valueText } from "../numbers.ts";
import type {
  CurveAxis,
  CurveLine,
  CurveSection,
  MistakesSection,
  ReportSection,
  ScatterSection,
} from "../report-input.ts";
import type { AnsweredSample } from "./answered-sample.ts";
import type { ReportLimits } from "./source.ts";

/** Label and answer of one quantity of a sample. */
interface Pair {
  readonly id: string;
  readonly label: number;
  readonly answer: number;
}

/** Answers over labels of each quantity, how large their errors are, and the largest. */
export function quantitySections(
  { quantities }: Pick<MultitaskTest, "quantities">,
  samples: readonly AnsweredSample[],
  { mistakes }: Pick<ReportLimits, "mistakes">,
): readonly ReportSection[] {
  const pairs = quantities.map((_, i) => pairsOf(samples, i));
  if (pairs.every((list) => list.length === 0)) return [];
  const range = rangeOf(pairs.flat());
  const told = quantities.flatMap((name, i) => (pairs[i]!.length === 0 ? [] : [{ name, pairs: pairs[i]! }]));
  return [
    ...told.map((one) => scatterOf(one, range)),
    cumulativeErrors(told),
    largestErrors(quantities, samples, mistakes),
  ];
}

const pairsOf = (samples: readonly AnsweredSample[], index: number): Pair[] =>
  samples.flatMap(({ id, truth, answer }) => {
    const label = truth.quantities[index]!;
    return answer === null || Number.isNaN(label) ? [] : [{ id, label, answer: answer.quantities[index]! }];
  });

/** -1 to 1 where labels are within it, as of valence, else that of the labels and answers. */
function rangeOf(pairs: readonly Pair[]): readonly [low: number, high: number] {
  if (pairs.every(({ label }) => Math.abs(label) <= 1)) return [-1, 1];
  const all = pairs.flatMap(({ label, answer }) => [label, answer]);
  return [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
}

interface TellingPairs {
  readonly name: string;
  readonly pairs: readonly Pair[];
}

function scatterOf({ name, pairs }: TellingPairs, range: readonly [number, number]): ScatterSection {
  const values = { predictions: pairs.map(({ answer }) => answer), targets: pairs.map(({ label }) => label) };
  const measured = <State>(metric: Metric<PairedValues, State>) =>
    valueText(metric.compute(metric.update(metric.empty(), values)).value, "1");
  const axis = (label: string): CurveAxis => ({ label, range, unit: "plain" });
  return {
    kind: "scatter",
    title: `${capital(nameText(name))}: told over labelled`,
    summary: "Each point a sample, stronger where there are more; right answers lie on the diagonal.",
    x: axis("labelled"),
    y: axis("told"),
    points: pairs.map(({ label, answer }) => [label, answer]),
    readings: [
      { name: "CCC", value: measured(concordanceCorrelation()) },
      { name: "Pearson", value: measured(pearsonCorrelation()) },
      { name: "RMSE", value: measured(rootMeanSquaredError()) },
      { name: "mean absolute error", value: measured(meanAbsoluteError()) },
      { name: "samples", value: countText(pairs.length) },
    ],
  };
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

const roles: readonly CurveLine["role"][] = ["result", "second", "third"];

function cumulativeErrors(told: readonly TellingPairs[]): CurveSection {
  const errors = told.map(({ name, pairs }) => ({
    name: nameText(name),
    sorted: pairs.map(({ label, answer }) => Math.abs(answer - label)).sort((a, b) => a - b),
  }));
  const end = Math.max(...errors.map(({ sorted }) => sorted.at(-1)!)) || 1;
  return {
    kind: "curve",
    title: "How large the errors are",
    summary: "The share of samples whose answer is no farther from the label than this.",
    x: { label: "distance of answer and label", range: [0, end], unit: "plain" },
    y: { label: "samples", range: [0, 1], unit: "fraction" },
    lines: errors.map(({ name, sorted }, i) => ({
      name,
      role: roles[i] ?? "reference",
      points: [[0, 0], ...sorted.map((error, n) => [error, (n + 1) / sorted.length] as const), [end, 1]],
    })),
    points: [],
    guides: [],
    readings: errors.flatMap(({ name, sorted }) => [
      { name: `${name}, half within`, value: plainText(quantile(sorted, 0.5)) },
      { name: `${name}, 90 % within`, value: plainText(quantile(sorted, 0.9)) },
    ]),
  };
}

function largestErrors(
  quantities: readonly string[],
  samples: readonly AnsweredSample[],
  most: number,
): MistakesSection {
  const far = samples
    .flatMap(({ id, truth, answer }) => {
      if (answer === null) return [];
      const errors = quantities.map((_, i) => answer.quantities[i]! - truth.quantities[i]!);
      const distance = Math.hypot(...errors.map((error) => (Number.isNaN(error) ? 0 : error)));
      const detail = quantities.map((name, i) => {
        const label = truth.quantities[i]!;
        const labelled = Number.isNaN(label) ? "no label" : `true ${signedText(label)}`;
        return `${nameText(name)} ${signedText(answer.quantities[i]!)}, ${labelled}`;
      });
      return [{ id, distance, detail }];
    })
    .sort((a, b) => b.distance - a.distance);
  return {
    kind: "mistakes",
    title: "Largest errors",
    summary: `By the distance of answer and label${quantities.length > 1 ? ` in ${quantities.map(nameText).join(" and ")} together` : ""}.`,
    total: far.length,
    pictures: far
      .slice(0, most)
      .map(({ id, distance, detail }) => ({ sample: id, title: `off by ${plainText(distance)}`, detail })),
  };
}
