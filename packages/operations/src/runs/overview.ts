import { nameText, type ReportRun, type ReportSection, type TableSection, valueText } from "@foveajs/evaluation";
import type { Measures, TrainingEpoch } from "@foveajs/vision";
import { curve, type Series } from "./curves.ts";
import type { MeasuredRun, TaskCourse } from "./measured-run.ts";
import { byRank, byTask, isCalibrated, metricKind, metricTitle, withCalibrated } from "./metric-kinds.ts";
import { type RunState, runPlace } from "./run-state.ts";

/** A time in words: "41 s", "3 min 20 s", "20 min", "2 h 5 min". */
function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** How the run stands, all tasks in one table, the loss, the rate, and where the time went. */
export function overview(run: MeasuredRun, state: RunState): ReportRun {
  const { record } = run;
  const sections: readonly (ReportSection | undefined)[] = [
    standing(run, state),
    tasksTable(run),
    lossCurve(run),
    rateCurve(run),
    ...timeSections(record.epochs),
  ];
  return {
    id: "training",
    title: "Training",
    lead: record.loaded.recipe.card.summary,
    sections: sections.filter((section) => section !== undefined),
  };
}

const stateTexts = {
  done: "done",
  running: "running",
  stopped: "stopped",
} as const satisfies Record<RunState, string>;

function standing({ record }: MeasuredRun, state: RunState): ReportSection {
  const { start, epochs } = record;
  const place = runPlace(record);
  const left = place.secondsLeft === undefined ? "–" : timeText(place.secondsLeft);
  const samples = Object.entries(start.samples).map(([split, samples]) => `${count(samples)} ${split}`);
  const peak = epochs.map(({ peak_memory_bytes }) => peak_memory_bytes ?? Number.NaN).filter(Number.isFinite);
  return {
    kind: "figures",
    title: "How it stands",
    summary: state === "stopped" ? "The same command goes on from the last checkpoint." : "",
    figures: [
      { name: "state", value: stateTexts[state], detail: `step ${count(place.step)} of ${count(place.steps)}` },
      {
        name: "whole epochs",
        value: `${epochs.at(-1)?.epoch ?? 0} of ${place.epochs}`,
        detail: `${count(place.steps / place.epochs)} steps each`,
      },
      state === "done"
        ? { name: "time in all", value: timeText(place.seconds), detail: "with validation" }
        : { name: "time left", value: left, detail: `after ${timeText(place.seconds)}` },
      {
        name: "pace",
        value: place.imagesPerSecond === undefined ? "–" : `${count(place.imagesPerSecond)}/s`,
        detail: `pictures, ${start.device}`,
      },
      { name: "parameters", value: count(start.parameters), detail: `seed ${start.seed}` },
      { name: "samples", value: count(start.samples.train ?? 0), detail: samples.join(", ") },
      ...(peak.length > 0
        ? [{ name: "peak memory", value: `${(Math.max(...peak) / 1e9).toFixed(2)} GB`, detail: "of the process" }]
        : []),
    ],
  };
}

/** A row a task: its first metrics now and at their best, and both losses. */
function tasksTable({ courses, record }: MeasuredRun): TableSection {
  const calibrated = calibratedTexts(record.metrics ?? {});
  return {
    kind: "table",
    title: "All tasks",
    summary: "The last validation; in brackets the best value of any epoch, where it is another.",
    columns: [
      { name: "task", align: "text" },
      { name: "samples", align: "number" },
      { name: "metrics", align: "text" },
      { name: "training loss", align: "number" },
      { name: "validation loss", align: "number" },
      ...(calibrated.size > 0 ? [{ name: "finished, calibrated", align: "text" as const }] : []),
    ],
    rows: courses.map((course) => ({
      name: course.task.name,
      cells: [
        { text: course.samples > 0 ? count(course.samples) : "–" },
        { text: shownMetrics(course).join(", ") || "not validated" },
        { text: lossText(course.trainingLoss) },
        { text: lossText(course.validationLoss) },
        ...(calibrated.size > 0 ? [{ text: calibrated.get(course.task.name) ?? "" }] : []),
      ],
    })),
  };
}

/** By task, the metrics of the finished model that calibration changed. */
const calibratedTexts = (metrics: Measures): ReadonlyMap<string, string> =>
  new Map(
    [...byTask(withCalibrated(metrics))].flatMap(([task, measured]) => {
      const names = byRank(Object.keys(measured)).filter((name) => isCalibrated(name));
      const told = names.map(
        (name) =>
          `${metricTitle(name).replace(", calibrated", "")} ${valueText(measured[name]!, metricKind(name)?.unit ?? "plain")}`,
      );
      return told.length === 0 ? [] : [[task, told.slice(0, 3).join(", ")] as const];
    }),
  );

function shownMetrics({ metrics }: TaskCourse): string[] {
  return byRank([...metrics.keys()])
    .slice(0, 3)
    .map((name) => {
      const kind = metricKind(name);
      const values = metrics.get(name)!.filter(Number.isFinite);
      const told = (value: number) => valueText(value, kind?.unit ?? "plain");
      const best = kind?.higherIsBetter === false ? Math.min(...values) : Math.max(...values);
      const now = told(values.at(-1)!);
      return `${metricTitle(name)} ${now}${kind === undefined || told(best) === now ? "" : ` (${told(best)})`}`;
    });
}

const lossText = (values: readonly number[]): string => {
  const last = values.findLast(Number.isFinite);
  return last === undefined ? "–" : last.toFixed(4);
};

function lossCurve({ record: { steps, epochs, start } }: MeasuredRun): ReportSection {
  // of a short training the log keeps hardly a step
  const told = steps.length > 2 || epochs.length === 0 ? steps : epochs;
  const loss = told.map((step) => step.loss);
  return curve(
    {
      title: "Loss",
      summary:
        "Of all tasks together, weighted as the recipe says; each point is the mean over a fiftieth of all steps before it.",
      along: "step",
      at: told.map(({ step }) => step),
      series: [{ name: "smoothed", values: trailingMeans(loss, Math.ceil(start.steps / 50 / spacing(told))) }],
    },
    { label: "training loss", last: start.steps, isFromZero: true },
  );
}

/** Steps between two that the log keeps. */
const spacing = (steps: readonly { readonly step: number }[]): number =>
  steps.length < 2 ? 1 : (steps.at(-1)!.step - steps[0]!.step) / (steps.length - 1);

const trailingMeans = (values: readonly number[], over: number): number[] =>
  values.map((_, i) => {
    const window = values.slice(Math.max(0, i + 1 - Math.max(1, over)), i + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });

function rateCurve({ record: { steps, start } }: MeasuredRun): ReportSection | undefined {
  if (steps.length < 2) return undefined;
  return curve(
    {
      title: "Learning rate",
      summary: "Of the first group of weights; the others follow the same course.",
      along: "step",
      at: steps.map(({ step }) => step),
      series: [{ name: "learning rate", values: steps.map((step) => step.learning_rate) }],
    },
    { label: "learning rate", last: start.steps, isFromZero: true },
  );
}

/** What most of the time went to, the largest part first, and all the rest together; nothing where the log does not tell. */
function partsOf(epochs: readonly TrainingEpoch[]): readonly Series[] {
  const names = [...new Set(epochs.flatMap(({ seconds_by_part = {} }) => Object.keys(seconds_by_part)))];
  const all = names
    .map((part) => {
      const values = epochs.map(({ seconds_by_part }) => seconds_by_part?.[part] ?? Number.NaN);
      return { name: nameText(part), values, total: values.reduce((sum, value) => sum + (value || 0), 0) };
    })
    .sort((a, b) => b.total - a.total);
  if (all.length === 0) return [];
  const shown = all.slice(0, 3);
  const rest = epochs.map(({ seconds }, i) =>
    Math.max(
      0,
      shown.reduce((left, { values }) => left - values[i]!, seconds),
    ),
  );
  return [...shown, { name: "the rest", values: rest }];
}

/** How long each epoch took, and of what, where the log tells it. */
function timeSections(epochs: readonly TrainingEpoch[]): readonly ReportSection[] {
  if (epochs.length === 0) return [];
  const at = epochs.map(({ epoch }) => epoch);
  const pace = curve(
    {
      title: "Pace",
      summary: "Pictures a second at the end of each epoch; smaller pictures go faster.",
      along: "epoch",
      at,
      series: [{ name: "pictures a second", values: epochs.map((epoch) => epoch.images_per_second) }],
    },
    { label: "pictures a second", last: epochs[0]!.epochs, isFromZero: true },
  );
  const series = partsOf(epochs);
  const whole = { name: "whole epoch", values: epochs.map(({ seconds }) => seconds) };
  const time = curve(
    {
      title: "Time of an epoch",
      summary: "With its validation.",
      along: "epoch",
      at,
      series: series.length > 0 ? series : [whole],
    },
    { label: "seconds", last: epochs[0]!.epochs, isFromZero: true },
  );
  return [pace, time];
}
