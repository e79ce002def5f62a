import {
  chooseMoments,
  chooseThreshold,
  type HeatMapSection,
  type MomentChoice,
  type MomentGain,
  type ReportRun,
  type TableSection,
  valueText,
} from "@foveajs/evaluation";
import type { MeasuredRun, TaskCourse } from "./measured-run.ts";
import { takenTable } from "./taken-moment.ts";
import { twoSided } from "./two-sided.ts";

/** Validation loss this many times the training loss, or a part of it, has the full colour. */
const FULL_RATIO = 4;

/** A metric so much better or worse than at the last epoch has the full colour, as a share of it. */
const FULL_CHANGE = 0.2;

/** Tasks learn at different paces: where each would best have stopped, and what that is worth; undefined without validation. */
export function momentsRun(run: MeasuredRun): ReportRun | undefined {
  const courses = run.courses.filter(({ main }) => main?.all.some((value) => !Number.isNaN(value)));
  if (courses.length === 0) return undefined;
  const choice = chooseMoments(courses.map(({ task, main }) => ({ ...main!, name: task.name })));
  const thresholds = thresholdsTable(run);
  const taken = takenTable(run);
  const chosen = courses.map((course, t) => ({ course, moment: choice.tasks[t]!.moment }));
  const hasLoss = ({ course }: Chosen) => course.validationLoss.some(Number.isFinite);
  const [withLoss, without] = [chosen.filter(hasLoss), chosen.filter((one) => !hasLoss(one))];
  return {
    id: "moments",
    title: "Moments",
    lead: "Tasks that are learned together are seldom at their best together: one is over-fitted while another still learns. Each task's best epoch is chosen by its main metric, smoothed by the median of three epochs.",
    sections: [
      ...(taken === undefined ? [] : [taken]),
      ...(withLoss.length > 0 ? [gapMap(run, withLoss, choice)] : []),
      ...(without.length > 0 ? [metricMap(run, without, choice)] : []),
      gainsTable(run, courses, choice),
      ...(thresholds === undefined ? [] : [thresholds]),
    ],
  };
}

/** A task and the place of its best epoch. */
interface Chosen {
  readonly course: TaskCourse;
  readonly moment: number | undefined;
}

/** Validation loss against training loss, by task and epoch. */
function gapMap({ record: { epochs } }: MeasuredRun, chosen: readonly Chosen[], choice: MomentChoice): HeatMapSection {
  return {
    kind: "heat-map",
    title: "Training against validation",
    summary:
      "The loss of each task over the validation samples against its training loss of the same epoch, on a scale of ratios. " +
      "Orange that grows is over-fitting; blue is usual early, as training pictures are augmented and its loss is a mean over the epoch.",
    along: "epoch",
    columns: epochs.map(({ epoch }) => String(epoch)),
    rows: chosen.map(({ course: { task, trainingLoss, validationLoss }, moment }) => ({
      name: task.name,
      ...(moment === undefined ? {} : { marked: moment }),
      cells: trainingLoss.map((training, epoch) => gapCell(training, validationLoss[epoch]!)),
    })),
    ...(choice.common === undefined ? {} : { guide: choice.common }),
    limit: Math.log(FULL_RATIO),
    words: {
      below: `validation lower, full at 1/${FULL_RATIO}`,
      above: `validation higher, full at ${FULL_RATIO} times`,
      marked: "best epoch of the task",
      guide: "best epoch for all together (mean rank)",
    },
  };
}

/** Of tasks without a loss on validation, detectors: the main metric against its last value, by task and epoch. */
function metricMap(
  { record: { epochs } }: MeasuredRun,
  chosen: readonly Chosen[],
  choice: MomentChoice,
): HeatMapSection {
  const titles = [...new Set(chosen.map(({ course }) => course.main!.title))].join(", ");
  return {
    kind: "heat-map",
    title: `${titles} against the last epoch`,
    summary:
      "Boxes that are found have no loss on whole pictures, and are told by their metric, as a share of what it came to at the last epoch. " +
      "Orange before the end is over-fitting since; blue is usual early.",
    along: "epoch",
    columns: epochs.map(({ epoch }) => String(epoch)),
    rows: chosen.map(({ course: { task, main }, moment }) => {
      const { all, higherIsBetter, unit, title } = main!;
      const last = all.findLast(Number.isFinite) ?? Number.NaN;
      return {
        name: task.name,
        ...(moment === undefined ? {} : { marked: moment }),
        cells: all.map((value) => {
          const change = (higherIsBetter ? value - last : last - value) / Math.abs(last);
          if (!Number.isFinite(change)) return { value: Number.NaN, told: "not known" };
          return {
            value: change,
            told: `${title} ${valueText(value, unit)}, ${signedText(change, "fraction")} % of the last`,
          };
        }),
      };
    }),
    ...(choice.common === undefined ? {} : { guide: choice.common }),
    limit: FULL_CHANGE,
    words: {
      below: `worse than the last, full at ${100 * FULL_CHANGE} %`,
      above: `better than the last, full at ${100 * FULL_CHANGE} %`,
      marked: "best epoch of the task",
      guide: "best epoch for all together (mean rank)",
    },
  };
}

function gapCell(training: number, validation: number) {
  const value = Math.log(validation / training);
  if (!Number.isFinite(value)) return { value: Number.NaN, told: "not known" };
  const ratio = (validation / training).toPrecision(3);
  return { value, told: `validation ${validation.toFixed(4)}, training ${training.toFixed(4)}, ratio ${ratio}` };
}

/** What a moment of its own is worth for each task. */
function gainsTable(
  { record: { epochs } }: MeasuredRun,
  courses: readonly TaskCourse[],
  choice: MomentChoice,
): TableSection {
  const epochOf = (moment: number | undefined) => (moment === undefined ? "–" : String(epochs[moment]!.epoch));
  return {
    kind: "table",
    title: "What choosing for each task would gain",
    summary:
      `The common epoch is ${epochOf(choice.common)}. Naive: chosen and measured on the same samples, which is too good by what was luck. ` +
      "Honest: chosen on one half of the validation samples and measured on the other, both ways; a gain is worth something " +
      "where both halves agree on it.",
    columns: [
      { name: "task", align: "text" },
      { name: "by", align: "text" },
      { name: "best epoch", align: "number" },
      { name: "at the common", align: "number" },
      { name: "at its own", align: "number" },
      { name: "naive gain", align: "number" },
      { name: "honest gain", align: "number" },
      { name: "in each half", align: "number" },
      { name: "last epoch", align: "number" },
    ],
    rows: courses.map(({ task, main }, t) => {
      const { moment, naive, honest, halves } = choice.tasks[t]!;
      const { unit, title, all } = main!;
      const isSure = halves.every(({ gain }) => gain > 0) || halves.every(({ gain }) => gain < 0);
      const tone = isSure ? { tone: honest.gain > 0 ? ("good" as const) : ("bad" as const) } : {};
      return {
        name: task.name,
        cells: [
          { text: title },
          { text: epochOf(moment) },
          { text: valueText(naive.common, unit) },
          { text: valueText(naive.own, unit) },
          { text: gainText(naive, unit) },
          { text: gainText(honest, unit), ...tone },
          { text: halves.map((half) => gainText(half, unit)).join(" / ") },
          { text: valueText(all.findLast(Number.isFinite) ?? Number.NaN, unit) },
        ],
      };
    }),
  };
}

const gainText = ({ gain }: MomentGain, unit: string): string => signedText(gain, unit);

/** Points of per cent for shares, with their sign. */
function signedText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return "–";
  const size = unit === "fraction" ? (100 * Math.abs(value)).toFixed(2) : Math.abs(value).toFixed(4);
  const sign = Number(size) === 0 ? "±" : value > 0 ? "+" : "−";
  return `${sign}${size}`;
}

/** Thresholds of what is told or not told, chosen on one half and measured on the other. */
function thresholdsTable({ courses, last, isFirstHalf }: MeasuredRun): TableSection | undefined {
  const rows = courses.flatMap(({ task }) => {
    const predicted = last?.samples.get(task.name);
    return predicted === undefined ? [] : twoSided(task, predicted).map((side) => ({ ...side, task: task.name }));
  });
  if (rows.length === 0) return undefined;
  return {
    kind: "table",
    title: "Thresholds",
    summary:
      `The probability from which something is told, chosen for the best F1 (0.05 to 0.95) at epoch ${last!.epoch}. Naive: on the samples that chose it. ` +
      "Honest: each half of the samples by the threshold that the other half chose. " +
      "Where the honest gain is worth it, write the threshold into the recipe's task (thresholds: of a multilabel task one for each label, " +
      "threshold: of the second of two classes): the file of the next training tells by it, its weights are the same.",
    columns: [
      { name: "what is told", align: "text" },
      { name: "positives", align: "number" },
      { name: "threshold", align: "number" },
      { name: "by each half", align: "number" },
      { name: "F1 in use", align: "number" },
      { name: "F1 naive", align: "number" },
      { name: "F1 honest", align: "number" },
      { name: "honest gain", align: "number" },
    ],
    rows: rows.map(({ task, name, usual, ids, scores, positives }) => {
      const chosen = chooseThreshold({ scores, positives }, { isFirstHalf: (i) => isFirstHalf(ids[i]!), usual });
      const gain = chosen.honest - chosen.usual;
      const tone =
        Math.abs(gain) < 0.005 || Number.isNaN(gain) ? {} : { tone: gain > 0 ? ("good" as const) : ("bad" as const) };
      return {
        name: `${task}: ${name}`,
        cells: [
          { text: `${positives.filter(Boolean).length} of ${positives.length}` },
          { text: chosen.threshold.toFixed(2) },
          { text: chosen.halves.map((value) => value.toFixed(2)).join(" / ") },
          { text: valueText(chosen.usual, "fraction") },
          { text: valueText(chosen.naive, "fraction") },
          { text: valueText(chosen.honest, "fraction") },
          { text: signedText(gain, "fraction"), ...tone },
        ],
      };
    }),
  };
}
