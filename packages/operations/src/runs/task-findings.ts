import { classifierSections, type JudgedSample, judgedSample, type ReportSection } from "@foveajs/evaluation";
import { type Classification, gradeOf, type Ordinal, type Predicted, type TaskSpec } from "@foveajs/vision";
import type { FindingContext } from "./finding-context.ts";
import { labelFindings } from "./label-findings.ts";
import { landmarkFindings } from "./landmark-findings.ts";
import { valueFindings } from "./value-findings.ts";

type Finder<Task> = (task: Task, predicted: Predicted, context: FindingContext) => readonly ReportSection[];

const finders: {
  readonly [Kind in TaskSpec["kind"]]: Finder<Extract<TaskSpec, { kind: Kind }>>;
} = {
  classification: classFindings,
  ordinal: gradeFindings,
  multilabel: labelFindings,
  regression: valueFindings,
  landmarks: landmarkFindings,
  // boxes are kept by themselves
  detection: () => [],
};

/** What there is to see of a task's predictions. */
export const taskFindings = (task: TaskSpec, predicted: Predicted, context: FindingContext): readonly ReportSection[] =>
  (finders[task.kind] as Finder<TaskSpec>)(task, predicted, context);

/** Answers are judged against the class with the most votes, the first of equal ones, as the metrics are. */
function classFindings({ labels }: Classification, { ids, outputs, targets }: Predicted, { limits }: FindingContext) {
  const samples = ids.map((id, i) => {
    const [shares] = targets[i]!;
    const target = shares!.indexOf(Math.max(...shares!));
    return judgedSample({ id, unit: id, target, logits: Array.from(outputs[i]!), hasProbabilities: true });
  });
  return classifierSections(judgedTest(labels, samples, true), limits);
}

/** Grades are named by the nearest to the expected one; they have no probability of their own. */
function gradeFindings({ labels }: Ordinal, { ids, outputs, targets }: Predicted, { limits }: FindingContext) {
  const samples = ids.map(
    (id, i): JudgedSample => ({
      id,
      unit: id,
      target: targets[i]![0]!.reduce((sum, value) => sum + value, 0),
      answer: Math.round(gradeOf(outputs[i]!)),
      logits: null,
      probabilities: null,
    }),
  );
  return classifierSections(judgedTest(labels, samples, false), limits);
}

const judgedTest = (classes: readonly string[], samples: readonly JudgedSample[], hasProbabilities: boolean) => {
  const hits = samples.filter(({ answer, target }) => answer === target).length;
  const accuracy = { value: hits / samples.length, interval: [Number.NaN, Number.NaN] as const };
  return { classes, names: classes, samples, hasProbabilities, options: { seed: 0 }, metrics: { accuracy } };
};
