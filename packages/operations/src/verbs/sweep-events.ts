import type { LoadedRecipe } from "@foveajs/vision";
import { z } from "zod";
import type { Context } from "../context.ts";
import { planSweep, type SweepGrid } from "../sweep/jobs.ts";
import { runSweep, type SweepEvent, type SweepOptions } from "../sweep/run-sweep.ts";
import { failureSchema } from "./schemas.ts";

const measures = z.record(z.string(), z.number());
const values = z.record(z.string(), z.unknown()).describe("by path in the recipe");
const interval = z.tuple([z.number(), z.number()]).nullable();

/** A training of a sweep. */
export const jobSchema = z.object({
  type: z.literal("job"),
  id: z.string(),
  state: z.enum(["started", "done", "done_before", "failed"]),
  values,
  seed: z.int(),
  run: z.string().describe("folder of the run"),
  number: z.int().describe("which job, from 1"),
  jobs: z.int().describe("of all shards"),
  metrics: measures.optional(),
  error: failureSchema.optional(),
});

/** What a sweep has come to. */
export const summarySchema = z.object({
  type: z.literal("summary"),
  name: z.string(),
  folder: z.string(),
  jobs: z.int(),
  done: z.int(),
  rows: z.array(
    z.object({
      values,
      seeds: z.array(z.int()).describe("whose training is done"),
      metrics: z
        .record(z.string(), z.object({ count: z.int(), mean: z.number(), deviation: z.number().nullable(), interval }))
        .describe('by "TASK/METRIC": mean over seeds, standard deviation, 95 % t-interval; null for one seed'),
    }),
  ),
  note: z.string().describe("what the intervals are worth"),
  json: z.string().describe("file with this"),
  csv: z.string().describe("file with a line for each point and metric"),
});

export type SweepResult = z.output<typeof jobSchema> | z.output<typeof summarySchema>;

/** Runs a recipe at the points of a grid, and gives results as the schemas have them. */
export async function* sweepResults(
  loaded: LoadedRecipe,
  { file, grid, options }: { file: string; grid: SweepGrid; options: SweepOptions },
  context: Context,
): AsyncGenerator<SweepResult> {
  const plan = planSweep(loaded, file, grid);
  for await (const event of runSweep(plan, options, context)) {
    if (event.type === "job" && event.state === "failed") context.onFailure?.(event.error);
    yield resultOf(event);
  }

  function resultOf(event: SweepEvent): SweepResult {
    if (event.type === "summary") {
      const rows = event.rows.map(({ values, seeds, metrics }) => ({
        values: { ...values },
        seeds: [...seeds],
        metrics: Object.fromEntries(
          Object.entries(metrics).map(([name, { count, mean, deviation, interval: ends }]) => [
            name,
            { count, mean, deviation, interval: ends && ([...ends] as [number, number]) },
          ]),
        ),
      }));
      return { ...event, rows };
    }
    const { job, state } = event;
    return {
      type: "job",
      id: job.id,
      state,
      values: { ...plan.points[job.point] },
      seed: job.seed,
      run: job.run,
      number: plan.jobs.indexOf(job) + 1,
      jobs: plan.jobs.length,
      ...("metrics" in event ? { metrics: event.metrics } : {}),
      ...("error" in event
        ? { error: { code: event.error.code, message: event.error.message, help: event.error.help } }
        : {}),
    };
  }
}
