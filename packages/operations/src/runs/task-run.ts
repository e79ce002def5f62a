import {
  nameText,
  type ReportLimits,
  type ReportMetric,
  type ReportRun,
  valueText,
  wilsonInterval,
} from "@foveajs/evaluation";
import { boxFindings } from "./box-findings.ts";
import { curve, type Series } from "./curves.ts";
import type { MeasuredRun, TaskCourse } from "./measured-run.ts";
import { byRank, metricKind, metricTitle } from "./metric-kinds.ts";
import { taskFindings } from "./task-findings.ts";

/** One task: its main number, its curves, and what its kind has to show of the last predictions. */
export function taskRun(run: MeasuredRun, course: TaskCourse, limits: ReportLimits): ReportRun {
  const { task, samples, main } = course;
  const { record, last } = run;
  const predicted = last?.samples.get(task.name);
  const boxes = last?.boxes.get(task.name);
  const { preprocessing } = record.loaded.recipe;
  const found = predicted
    ? taskFindings(task, predicted, { size: sizeOf(preprocessing.crop ?? preprocessing), limits })
    : boxes && task.kind === "detection"
      ? boxFindings(task, boxes, limits)
      : [];
  const noun = task.kind === "detection" ? "pictures" : "samples";
  const told = samples === 0 ? "" : `, ${samples.toLocaleString("en-US")} validation ${noun}`;
  const derived =
    "derived_from" in task && task.derived_from !== undefined ? `; derived from ${task.derived_from}` : "";
  const headline = main && headlineOf(course);
  return {
    id: `task-${task.name.replaceAll(/[^\w-]/g, "-")}`,
    title: nameText(task.name),
    lead: `${task.kind}${told}${derived}.`,
    ...(headline ? { headline } : {}),
    sections: [...curves(run, course), ...found],
  };
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height });

/** The main metric of the last validation. */
function headlineOf({ main, samples, metrics }: TaskCourse): ReportMetric {
  const { title, unit, higherIsBetter, names, all } = main!;
  const value = all.findLast(Number.isFinite) ?? Number.NaN;
  const none = [Number.NaN, Number.NaN] as const;
  const isShare = names[0] === "accuracy" && samples > 0;
  const others = byRank([...metrics.keys()])
    .filter((name) => !names.includes(name))
    .slice(0, 4)
    .map((name) => {
      const last = metrics.get(name)!.findLast(Number.isFinite) ?? Number.NaN;
      return `${metricTitle(name)} ${valueText(last, metricKind(name)?.unit ?? "plain")}`;
    });
  return {
    name: title,
    unit: unit === "fraction" ? "fraction" : "",
    higherIsBetter,
    value,
    interval: isShare ? wilsonInterval(Math.round(value * samples), samples, { level: 0.95 }).interval : none,
    reason: "at the last validation",
    summary: others.length > 0 ? `Also ${others.join(", ")}` : "At the last validation",
  };
}

/** Both losses, and the metrics that have the main one's unit and direction. */
function curves(
  { record: { epochs, start } }: MeasuredRun,
  { trainingLoss, validationLoss, metrics, main }: TaskCourse,
) {
  const at = epochs.map(({ epoch }) => epoch);
  if (at.length === 0) return [];
  const last = start.epochs;
  const losses: readonly Series[] = [
    { name: "training", values: trainingLoss },
    ...(validationLoss.some(Number.isFinite) ? [{ name: "validation", values: validationLoss }] : []),
  ];
  const lossCurve = curve(
    {
      title: "Loss",
      summary: "Before the task's weight; training: mean over the epoch, on augmented pictures.",
      along: "epoch",
      at,
      series: losses,
    },
    { label: "loss", last, isFromZero: true },
  );
  if (main === undefined) return [lossCurve];
  const names = byRank([...metrics.keys()]).filter((name) => {
    const kind = metricKind(name);
    return kind?.unit === main.unit && kind.higherIsBetter === main.higherIsBetter;
  });
  const best = main.all.reduce(
    (a, b) => (Number.isNaN(a) || (main.higherIsBetter ? b > a : b < a) ? b : a),
    Number.NaN,
  );
  const metricCurve = curve(
    {
      title: "Validation",
      summary: main.higherIsBetter ? "Higher is better." : "Lower is better.",
      along: "epoch",
      at,
      series: names.slice(0, 3).map((name) => ({ name: metricTitle(name), values: metrics.get(name)! })),
    },
    {
      label: main.higherIsBetter ? "metric" : "error",
      unit: main.unit,
      last,
      readings: [
        { name: `best ${main.title}`, value: valueText(best, main.unit) },
        { name: "in epoch", value: plainEpoch(at[main.all.indexOf(best)]) },
      ],
    },
  );
  return [lossCurve, metricCurve];
}

const plainEpoch = (epoch: number | undefined): string => (epoch === undefined ? "–" : String(epoch));
