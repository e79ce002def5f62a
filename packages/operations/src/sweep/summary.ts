import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type MeanInterval, meanInterval, studentQuantile } from "@foveajs/evaluation";
import { type Measures, type RecipePoint, writeWhole } from "@foveajs/vision";
import { csvLine } from "../files/csv-line.ts";
import type { SweepJob, SweepPlan } from "./jobs.ts";

/** A point of the grid and what its finished trainings reached. */
export interface SweepRow {
  readonly values: RecipePoint;
  /** Seeds whose training is done. */
  readonly seeds: readonly number[];
  /** By "TASK/METRIC": mean over the seeds with its 95 % t-interval. */
  readonly metrics: Readonly<Record<string, MeanInterval>>;
}

/** What a sweep has come to, whichever shards did it. */
export interface SweepSummary {
  readonly name: string;
  readonly folder: string;
  readonly jobs: number;
  readonly done: number;
  readonly rows: readonly SweepRow[];
  /** What the intervals are worth. */
  readonly note: string;
  readonly json: string;
  readonly csv: string;
}

/** The metrics of a training that is done, undefined for any other. Where the model is, the run has ended. */
export async function finishedMetrics({
  run,
  recipe,
}: Pick<SweepJob, "run" | "recipe">): Promise<Measures | undefined> {
  if (!existsSync(join(run, `${recipe.recipe.name}.onnx`))) return undefined;
  return JSON.parse(await readFile(join(run, "metrics.json"), "utf8")) as Measures;
}

/** Sums up what is done and writes it to summary.json and summary.csv of the sweep's folder. */
export async function summarize({ name, folder, points, seeds, jobs }: SweepPlan): Promise<SweepSummary> {
  const found = await Promise.all(jobs.map(async (job) => ({ job, metrics: await finishedMetrics(job) })));
  const done = found.flatMap(({ job, metrics }) => (metrics ? [{ job, metrics }] : []));
  const rows = points.map((values, point): SweepRow => {
    const own = done.filter(({ job }) => job.point === point);
    const names = [...new Set(own.flatMap(({ metrics }) => Object.keys(metrics)))];
    return {
      values,
      seeds: own.map(({ job }) => job.seed),
      metrics: Object.fromEntries(
        names.map((metric) => [metric, meanInterval(own.flatMap(({ metrics }) => metrics[metric] ?? []))]),
      ),
    };
  });
  const [json, csv] = ["summary.json", "summary.csv"].map((file) => join(folder, file)) as [string, string];
  const summary = { name, folder, jobs: jobs.length, done: done.length, rows, note: noteOf(seeds.length), json, csv };
  await write(json, `${JSON.stringify(summary, null, 2)}\n`);
  await write(csv, csvOf(summary));
  return summary;
}

/** How far intervals over so many seeds reach. */
function noteOf(seeds: number): string {
  if (seeds < 2) return "one seed: no interval, and no telling of luck from gain; --seeds 0,1,2 gives one";
  const reach = studentQuantile(0.975, seeds - 1) / Math.sqrt(seeds);
  const wide = seeds < 5 ? "; with so few seeds intervals are wide" : "";
  return `95 % t-intervals over ${seeds} seeds reach ${reach.toFixed(2)} standard deviations either way${wide}`;
}

/** A line for each point and metric. Source of the form: RFC 4180. */
function csvOf({ rows }: Pick<SweepSummary, "rows">): string {
  const paths = Object.keys(rows[0]?.values ?? {});
  const head = [...paths, "metric", "seeds", "mean", "deviation", "low", "high"];
  const lines = rows.flatMap(({ values, metrics }) =>
    Object.entries(metrics).map(([metric, { count, mean, deviation, interval }]) => [
      ...paths.map((path) => textOf(values[path])),
      metric,
      count,
      mean,
      deviation ?? "",
      interval?.[0] ?? "",
      interval?.[1] ?? "",
    ]),
  );
  return [head, ...lines].map((cells) => csvLine(cells.map(String))).join("");
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Whole or not at all, as several shards may write at once. */
const write = (path: string, text: string): Promise<void> =>
  writeWhole(path, [text], { beside: `${path}.${process.pid}` });
