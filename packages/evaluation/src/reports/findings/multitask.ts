import { predictedClass } from "../../metrics/classified.ts";
import type { MultitaskTest, MultitaskTruth } from "../../protocols/protocol.ts";
import { countedText, intervalText, nameText, valueText } from "../numbers.ts";
import type { FiguresSection, ReportSection } from "../report-input.ts";
import type { AnsweredSample } from "./answered-sample.ts";
import { classifierSections } from "./classification.ts";
import { type JudgedSample, judgedSample } from "./judged-samples.ts";
import { labelSections } from "./labels.ts";
import { quantitySections } from "./quantities.ts";
import { measuredShare } from "./shares.ts";
import type { ReportLimits, ScoredTest, SectionMaker } from "./source.ts";

/** What a report of several tasks shows: each task by itself, and first a word on all of them. */
export const multitaskSections: SectionMaker<MultitaskTest> = (scored, limits) => {
  const { test, answers } = scored;
  const samples = [...test.truth].map(
    ([id, truth]): AnsweredSample => ({ id, truth, answer: answers.get(id) ?? null }),
  );
  const figures = taskFigures(scored, samples);
  return [
    // of one task the headline says all
    ...(figures.figures.length > 1 ? [figures] : []),
    ...quantitySections(test, samples, limits),
    ...classSections(scored, samples, limits),
    ...labelSections(scored, samples, limits),
  ];
};

/** The number of each task by which it is told, with its interval and how many samples have it. */
function taskFigures(
  { test, scores: { metrics } }: ScoredTest<MultitaskTest>,
  samples: readonly AnsweredSample[],
): FiguresSection {
  const labelled = (has: (truth: MultitaskTruth) => boolean) =>
    countedText(samples.filter(({ truth }) => has(truth)).length, "labelled sample");
  const figure = (task: string, key: string, { unit, what, has }: FigureOptions): FiguresSection["figures"] => {
    const measured = metrics[key];
    if (measured === undefined) return [];
    const interval = intervalText(measured.interval, unit);
    const detail = `${what}${interval === "" ? "" : `, ${interval}`}; ${labelled(has)}`;
    return [{ name: nameText(task), value: valueText(measured.value, unit), detail }];
  };
  return {
    kind: "figures",
    title: "Task by task",
    summary: "",
    figures: [
      ...test.quantities.flatMap((name, i) =>
        figure(name, `ccc_${name}`, {
          unit: "1",
          what: "concordance correlation",
          has: ({ quantities }) => !Number.isNaN(quantities[i]!),
        }),
      ),
      ...(test.classes.length === 0
        ? []
        : figure("expression", "expression_f1", {
            unit: "fraction",
            what: `mean F1 of ${test.classes.length} classes`,
            has: ({ target }) => target !== undefined,
          })),
      ...(test.labels.length === 0
        ? []
        : figure("action units", "mean_f1", {
            unit: "fraction",
            what: `mean F1 of ${countedText(test.labels.length, "unit")}`,
            has: ({ labels }) => Array.from(labels).some((label) => !Number.isNaN(label)),
          })),
    ],
  };
}

interface FigureOptions {
  readonly unit: string;
  readonly what: string;
  readonly has: (truth: MultitaskTruth) => boolean;
}

/** What any classifier's report shows, of the samples that have a class. */
function classSections(
  { test, options, scores }: ScoredTest<MultitaskTest>,
  samples: readonly AnsweredSample[],
  limits: ReportLimits,
): readonly ReportSection[] {
  const { classes } = test;
  // a class that was named alone is told as the only possible one
  const hasProbabilities = samples.some(
    ({ answer }) => answer !== null && Array.from(answer.logits).filter(Number.isFinite).length > 1,
  );
  const judged = samples.flatMap(({ id, truth: { unit, target }, answer }): JudgedSample[] => {
    const logits = answer && Array.from(answer.logits);
    return target === undefined ? [] : [judgedSample({ id, unit, target, logits, hasProbabilities })];
  });
  if (classes.length === 0 || judged.length === 0) return [];
  const accuracy = measuredShare(
    judged.map(({ unit, target, logits }) => ({
      unit,
      isHit: logits !== null && predictedClass(logits, target) === target,
    })),
    options,
  );
  const metrics = { ...scores.metrics, accuracy };
  return classifierSections({ names: classes, samples: judged, classes, hasProbabilities, options, metrics }, limits);
}
