import { existsSync } from "node:fs";
import { join } from "node:path";
import { FoveaError } from "@foveajs/errors";
import { readRecipe } from "@foveajs/vision";
import { z } from "zod";
import { operation, streamOperation } from "../operation.ts";
import { findRuns } from "../runs/find-runs.ts";
import { readRunLog } from "../runs/run-record.ts";
import { createRunReporter } from "../runs/run-reporter.ts";
import { runPlace, runState } from "../runs/run-state.ts";
import { dataFolder, failureSchema, optionalText, terminal } from "./schemas.ts";

const stateSchema = z.enum(["done", "running", "stopped"]).describe("running: told something within five minutes");

const runSchema = z.object({
  folder: z.string(),
  recipe: z.string().describe("name of the recipe"),
  state: stateSchema,
  step: z.int(),
  steps: z.int(),
  epoch: z.int(),
  epochs: z.int(),
  seconds: z.number().describe("of the whole run once it is done, of its whole epochs before"),
  seconds_left: z.number().optional(),
  metrics: z.record(z.string(), z.number()).describe("of the finished model, or of the last validation"),
  report: z.string().optional().describe("its report, where one was written"),
});

const failedRunSchema = z.object({ folder: z.string(), error: failureSchema });

export type ListedRun = z.output<typeof runSchema> | z.output<typeof failedRunSchema>;

/** Lists the runs of a folder; one that cannot be read is told in its place. */
export const runs = streamOperation({
  name: "runs",
  summary: "List trainings: their recipes, how far they are, and their last metrics.",
  input: z.object({
    folder: z
      .string()
      .min(1)
      .default("runs")
      .describe("folder with the folders of runs, or one of these")
      .meta(terminal({ positional: true, value: "DIR" })),
  }),
  output: z.union([runSchema, failedRunSchema]),
  async *run({ folder }, { onFailure }): AsyncGenerator<ListedRun> {
    for (const run of await findRuns(folder)) {
      try {
        yield await listed(run);
      } catch (thrown) {
        if (!(thrown instanceof FoveaError)) throw thrown;
        onFailure?.(thrown);
        yield { folder: run, error: { code: thrown.code, message: thrown.message, help: thrown.help } };
      }
    }
  },
});

async function listed(folder: string): Promise<ListedRun> {
  const log = await readRunLog(folder);
  const { recipe } = await readRecipe(join(folder, "recipe.yaml"));
  const { step, steps, epoch, epochs, seconds, secondsLeft } = runPlace(log);
  const report = join(folder, "report.html");
  return {
    folder,
    recipe: recipe.name,
    state: runState(log, Date.now()),
    step,
    steps,
    epoch,
    epochs,
    seconds,
    ...(secondsLeft === undefined || log.done !== undefined ? {} : { seconds_left: secondsLeft }),
    metrics: log.done?.metrics ?? log.epochs.findLast(({ metrics }) => Object.keys(metrics).length > 0)?.metrics ?? {},
    ...(existsSync(report) ? { report } : {}),
  };
}

/** Writes the report of one run as a page of its own. */
export const reportRun = operation({
  name: "runs report",
  summary:
    "Write the report of a training as one HTML file: curves, mistakes as pictures, and each task's best moment.",
  input: z.object({
    folder: z
      .string()
      .min(1)
      .describe("folder of the run")
      .meta(terminal({ positional: true, value: "DIR" })),
    out: optionalText("the file to write; report.html in the folder of the run when absent", "FILE"),
    data: dataFolder,
  }),
  output: z.object({
    report: z.string(),
    size_bytes: z.int(),
    recipe: z.string(),
    state: stateSchema,
    epoch: z.int().describe("whole epochs that it tells of"),
    tasks: z.array(z.string()),
    pictures: z.int(),
    no_pictures: z.string().optional().describe("why there are no pictures in it"),
    milliseconds: z.number(),
  }),
  async run({ folder, out, data }, { parts, progress, now }) {
    const began = now();
    let done = 0;
    const written = await createRunReporter({ parts, ...(data === undefined ? {} : { dataFolders: [data] }) }).write(
      folder,
      {
        detail: "whole",
        now: Date.now(),
        ...(out === undefined ? {} : { path: out }),
        onPicture: () => progress({ done: ++done, unit: "pictures" }),
      },
    );
    const { path, bytes, recipe, state, epoch, tasks, pictures, reason } = written;
    return {
      report: path,
      size_bytes: bytes,
      recipe,
      state,
      epoch,
      tasks: [...tasks],
      pictures,
      ...(reason === undefined ? {} : { no_pictures: reason }),
      milliseconds: now() - began,
    };
  },
});
