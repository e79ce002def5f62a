import { expectedCalibrationError, reliabilityBins } from "../../metrics/expected-calibration-error.ts";
import type { ClassificationTest, Scores } from "../../protocols/protocol.ts";
import type { BootstrapOptions } from "../../statistics/bootstrap.ts";
import { wilsonInterval } from "../../statistics/wilson.ts";
import type {
  MistakesSection,
  ReliabilitySection,
  ReportSection,
  ReportValue,
  SubgroupsSection,
  ThresholdsSection,
} from "../report-input.ts";
import { classPicture, confusionOf, sureness } from "./confusion.ts";
import { type JudgedSample, type JudgedSamples, judgedSamples } from "./judged-samples.ts";
import { measuredShare } from "./shares.ts";
import type { ReportLimits, SectionMaker } from "./source.ts";
import { attributeSections } from "./subgroups.ts";
import { thresholdSeries } from "./threshold-series.ts";

/** What a classifier's report shows. */
export const classificationSections: SectionMaker<ClassificationTest> = (scored, limits) => {
  const judged = judgedSamples(scored);
  if (judged === undefined) return [];
  const { test, options } = scored;
  const { samples } = judged;
  const accuracy = (chosen: readonly JudgedSample[]) =>
    measuredShare(
      chosen.map(({ unit, answer, target }) => ({ unit, isHit: answer === target })),
      options,
    );
  const { hasProbabilities } = scored.answers;
  const { metrics } = scored.scores;
  return [
    ...classifierSections({ ...judged, classes: test.classes, hasProbabilities, options, metrics }, limits),
    ...attributeSections(test.subgroups, {
      samples,
      columns: [{ name: "accuracy", unit: "fraction", measure: accuracy }],
      counted: "samples",
      minimum: limits.minimum,
    }),
  ];
};

/** A classifier's samples with what was measured of all together. */
export interface JudgedTest extends JudgedSamples {
  readonly classes: readonly string[];
  readonly hasProbabilities: boolean;
  readonly options: BootstrapOptions;
  /** `ece` and `accuracy` are told where they are. */
  readonly metrics: Scores["metrics"];
}

/** What there is to see of any classifier's answers. */
export function classifierSections(judged: JudgedTest, limits: ReportLimits): readonly ReportSection[] {
  const { samples, names, classes } = judged;
  const sections: ReportSection[] = [
    confusionOf(judged, classes, limits),
    worstMistakes(samples, names, limits.mistakes),
  ];
  if (judged.hasProbabilities) {
    const thresholds = thresholdsOf(samples, classes);
    sections.push(reliabilityOf(judged), ...(thresholds === undefined ? [] : [thresholds]));
  }
  return [...sections, byClass(judged, limits)];
}

function worstMistakes(samples: readonly JudgedSample[], names: readonly string[], most: number): MistakesSection {
  const wrong = samples
    .filter(({ answer, target }) => answer !== null && answer !== target)
    .sort((a, b) => sureness(b) - sureness(a));
  return {
    kind: "mistakes",
    title: "Worst mistakes",
    summary: "Wrong answers, the surest first. Some of them are mistakes of the labels.",
    total: wrong.length,
    pictures: wrong.slice(0, most).map((sample) => classPicture(sample, names)),
  };
}

function reliabilityOf({ samples, metrics, options: { level = 0.95 } }: JudgedTest): ReliabilitySection {
  const metric = expectedCalibrationError({ bins: 15 });
  const told = samples.filter(({ probabilities }) => probabilities !== null);
  const sums = metric.update(metric.empty(), {
    logits: told.map(({ logits }) => logits!),
    targets: told.map(({ target }) => target),
  });
  const none: ReportValue = { value: metric.compute(sums).value, interval: [Number.NaN, Number.NaN] };
  return {
    kind: "reliability",
    bins: reliabilityBins(sums).map((bin) => ({
      ...bin,
      interval: wilsonInterval(bin.count === 0 ? 0 : Math.round(bin.accuracy * bin.count), bin.count, { level })
        .interval,
    })),
    error: metrics.ece ?? none,
  };
}

/** One series for answering only when sure, and one for each class against the others. */
function thresholdsOf(samples: readonly JudgedSample[], classes: readonly string[]): ThresholdsSection | undefined {
  const told = samples.filter(({ probabilities }) => probabilities !== null);
  if (told.length === 0) return undefined;
  const words = { hits: "right answers", falses: "false positives" };
  const scoresOf = (chosen: readonly JudgedSample[], name: number) =>
    chosen.map(({ probabilities }) => probabilities![name]!);
  const sure = thresholdSeries(
    {
      positives: samples.length,
      hits: told.filter(({ answer, target }) => answer === target).map(sureness),
      falses: told.filter(({ answer, target }) => answer !== target).map(sureness),
    },
    { name: "all classes", words, inUse: 0 },
  );
  const each = classes.map((name, c) =>
    thresholdSeries(
      {
        positives: samples.filter(({ target }) => target === c).length,
        hits: scoresOf(
          told.filter(({ target }) => target === c),
          c,
        ),
        falses: scoresOf(
          told.filter(({ target }) => target !== c),
          c,
        ),
      },
      {
        name: `${name} against all others`,
        negatives: samples.filter(({ target }) => target !== c).length,
        words,
        inUse: 0.5,
      },
    ),
  );
  return {
    kind: "thresholds",
    summary:
      "What would come of answers that count only from a probability up? All classes: an answer counts where it is this " +
      "sure. One class: it is named from this probability up, whatever else is likelier.",
    series: [sure, ...each],
  };
}

/** Recall and precision of each class. */
function byClass({ samples, classes, options, metrics }: JudgedTest, { minimum }: ReportLimits): SubgroupsSection {
  const hit = ({ unit, answer, target }: JudgedSample) => ({ unit, isHit: answer === target });
  return {
    kind: "subgroups",
    title: "By class",
    summary:
      "Recall: of the samples of a class, those named so. Precision: of the samples named so, those of the class.",
    counted: "samples",
    minimum,
    columns: [
      { name: "recall", unit: "fraction", overall: metrics.accuracy?.value ?? Number.NaN },
      { name: "precision", unit: "fraction", overall: Number.NaN },
    ],
    rows: classes.map((name, c) => {
      const own = samples.filter(({ target }) => target === c);
      const named = samples.filter(({ answer }) => answer === c);
      return { name, count: own.length, values: [own, named].map((chosen) => measuredShare(chosen.map(hit), options)) };
    }),
  };
}
