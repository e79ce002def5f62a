import { averagePrecision } from "../../metrics/average-precision.ts";
import type { Ranking } from "../../metrics/precision-recall.ts";
import { unitKey } from "../../protocols/multitask/action-units.ts";
import type { MultitaskTest } from "../../protocols/protocol.ts";
import { shareAxis } from "../charts/line-chart.ts";
import { plainText, valueText } from "../numbers.ts";
import type {
  MistakesSection,
  ReportSection,
  SmallCurvesSection,
  SubgroupsSection,
  ThresholdsSection,
} from "../report-input.ts";
import type { AnsweredSample } from "./answered-sample.ts";
import { envelopePoints } from "./rankings.ts";
import { measuredShare } from "./shares.ts";
import type { ReportLimits, ScoredTest } from "./source.ts";
import { thresholdSeries } from "./threshold-series.ts";

/** A sample that has one of the labels, or is known not to have it. */
interface Judged {
  readonly id: string;
  readonly unit: string;
  readonly isPresent: boolean;
  /** Null where the face was missed. */
  readonly score: number | null;
}

/** One of the labels that may hold at once. */
interface LabelFindings {
  readonly name: string;
  readonly threshold: number;
  readonly judged: readonly Judged[];
}

/** Each of the labels that may hold at once: a table, curves, thresholds, and what went wrong. */
export function labelSections(
  { test, options, scores }: ScoredTest<MultitaskTest>,
  samples: readonly AnsweredSample[],
  limits: ReportLimits,
): readonly ReportSection[] {
  const labels = test.labels.map((name, i): LabelFindings => {
    const { threshold } = options;
    return { name, threshold: typeof threshold === "number" ? threshold : threshold[i]!, judged: judgedOf(samples, i) };
  });
  const told = labels.filter(({ judged }) => judged.length > 0);
  if (told.length === 0) return [];
  // scores of 0 and 1 alone were decided already
  const hasScores = told.some(({ judged }) => judged.some(({ score }) => score !== null && score !== 0 && score !== 1));
  const ranked = told.filter(({ judged }) => judged.some(({ isPresent }) => isPresent));
  return [
    labelTable(told, { options, metrics: scores.metrics, minimum: limits.minimum }),
    ...(hasScores && ranked.length > 0 ? [labelCurves(ranked), labelThresholds(ranked)] : []),
    ...labelMistakes(told, limits.mistakes),
  ];
}

const judgedOf = (samples: readonly AnsweredSample[], index: number): Judged[] =>
  samples.flatMap(({ id, truth, answer }) => {
    const label = truth.labels[index];
    if (label !== 0 && label !== 1) return [];
    return [{ id, unit: truth.unit, isPresent: label === 1, score: answer && answer.scores[index]! }];
  });

const isNamed = ({ score }: Judged, threshold: number): boolean => score !== null && score >= threshold;

function labelTable(
  labels: readonly LabelFindings[],
  {
    options,
    metrics,
    minimum,
  }: Pick<ScoredTest<MultitaskTest>, "options"> & {
    readonly metrics: ScoredTest["scores"]["metrics"];
    readonly minimum: number;
  },
): SubgroupsSection {
  return {
    kind: "subgroups",
    title: "By action unit",
    summary: "Recall: of the samples that have it, those named. Precision: of the samples named, those that have it.",
    counted: "positives",
    minimum,
    columns: [
      { name: "F1", unit: "fraction", overall: metrics.mean_f1?.value ?? Number.NaN },
      { name: "recall", unit: "fraction", overall: Number.NaN },
      { name: "precision", unit: "fraction", overall: Number.NaN },
    ],
    rows: labels.map(({ name, threshold, judged }) => {
      const positives = judged.filter(({ isPresent }) => isPresent);
      const named = judged.filter((one) => isNamed(one, threshold));
      const undefinedValue = { value: Number.NaN, interval: [Number.NaN, Number.NaN] as const };
      return {
        name,
        count: positives.length,
        values: [
          metrics[unitKey(name)] ?? undefinedValue,
          measuredShare(
            positives.map((one) => ({ unit: one.unit, isHit: isNamed(one, threshold) })),
            options,
          ),
          measuredShare(
            named.map(({ unit, isPresent }) => ({ unit, isHit: isPresent })),
            options,
          ),
        ],
      };
    }),
  };
}

/** By score; positives of missed faces are never found. */
const rankingOf = ({ judged }: LabelFindings): Ranking => {
  const scoresOf = (isWanted: boolean) =>
    judged.flatMap(({ isPresent, score }) => (isPresent === isWanted && score !== null ? [score] : []));
  return {
    positives: judged.filter(({ isPresent }) => isPresent).length,
    hits: scoresOf(true),
    falses: scoresOf(false),
  };
};

function labelCurves(labels: readonly LabelFindings[]): SmallCurvesSection {
  const area = averagePrecision({ interpolation: "envelope" });
  const charts = labels.map((label) => {
    const ranking = rankingOf(label);
    return { name: label.name, ap: area.compute(ranking).value, points: envelopePoints(ranking) };
  });
  return {
    kind: "small-curves",
    title: "Precision and recall of each unit",
    summary: "By score, at any threshold: the largest precision at a recall or above it. The weakest first.",
    x: shareAxis("recall"),
    y: shareAxis("precision"),
    charts: [...charts]
      .sort((a, b) => a.ap - b.ap)
      .map(({ name, ap, points }) => ({ name, detail: `AP ${valueText(ap, "fraction")}`, points })),
  };
}

const labelThresholds = (labels: readonly LabelFindings[]): ThresholdsSection => ({
  kind: "thresholds",
  title: "Choose a threshold for each unit",
  summary: "What would come of naming a unit from another score up? The slider starts at the threshold in use.",
  series: labels.map((label) =>
    thresholdSeries(rankingOf(label), {
      name: label.name,
      negatives: label.judged.filter(({ isPresent }) => !isPresent).length,
      words: { hits: "found", falses: "false positives" },
      inUse: label.threshold,
    }),
  ),
});

function labelMistakes(labels: readonly LabelFindings[], most: number): MistakesSection[] {
  const wrong = labels.flatMap(({ name, threshold, judged }) =>
    judged
      .filter((one) => one.score !== null && isNamed(one, threshold) !== one.isPresent)
      .map(({ id, isPresent, score }) => ({ id, name, isPresent, score: score!, gap: Math.abs(score! - threshold) })),
  );
  const section = (isPresent: boolean, title: string, summary: string): MistakesSection => {
    const own = wrong.filter((one) => one.isPresent === isPresent).sort((a, b) => b.gap - a.gap);
    return {
      kind: "mistakes",
      title,
      summary,
      total: own.length,
      pictures: own.slice(0, most).map(({ id, name, score }) => ({
        sample: id,
        title: name,
        detail: [`score ${plainText(score)}`],
      })),
    };
  };
  return [
    section(true, "Units that were not named", "Labelled, and far below the threshold; the farthest first."),
    section(false, "Units named wrongly", "Labelled absent, and far above the threshold; the farthest first."),
  ];
}
