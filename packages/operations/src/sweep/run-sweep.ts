import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { asFoveaError, type FoveaError } from "@foveajs/errors";
import { type Measures, writeWhole } from "@foveajs/vision";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { jobsOfShard, type Shard, type SweepJob, type SweepPlan } from "./jobs.ts";
import { finishedMetrics, type SweepSummary, summarize } from "./summary.ts";

/** What a sweep tells: a job that starts and ends, or was done before, and at last the summary. */
export type SweepEvent =
  | ({ readonly type: "job"; readonly state: "started" } & JobEvent)
  | ({ readonly type: "job"; readonly state: "done" | "done_before"; readonly metrics: Measures } & JobEvent)
  | ({ readonly type: "job"; readonly state: "failed"; readonly error: FoveaError } & JobEvent)
  | ({ readonly type: "summary" } & SweepSummary);

interface JobEvent {
  readonly job: SweepJob;
}

export interface SweepOptions {
  /** The part of the jobs that is done here; the others are only summed up. */
  readonly shard: Shard;
  /** Trainings at a time. */
  readonly parallel: number;
  /** Threads of each; an equal share of the cores unless told. */
  readonly threads?: number | undefined;
  /** What computes the steps; the CPU unless told. */
  readonly device?: string | undefined;
  readonly dataFolders?: readonly string[] | undefined;
  /** Sums up what is done and trains nothing. */
  readonly onlySummary: boolean;
}

/**
 * Trains the jobs of a shard. Each is an ordinary run in a folder of its own: one that is done is not done again, one that was cut
 * off goes on from its checkpoint, one that fails leaves the others to go on.
 */
export async function* runSweep(
  plan: SweepPlan,
  { shard, parallel, threads, device, dataFolders, onlySummary }: SweepOptions,
  { parts, signal, progress }: Pick<Context, "parts" | "signal" | "progress">,
): AsyncGenerator<SweepEvent> {
  await mkdir(plan.folder, { recursive: true });
  const waiting = onlySummary ? [] : [...jobsOfShard(plan.jobs, shard)];
  const total = waiting.length;
  const own = threads ?? Math.max(1, Math.floor(availableParallelism() / parallel));
  const events = createChannel<SweepEvent>();
  let done = 0;
  let stopped: unknown;
  const lane = async () => {
    for (let job = waiting.shift(); job && !signal.aborted; job = waiting.shift()) {
      try {
        const before = await finishedMetrics(job);
        if (before) events.push({ type: "job", state: "done_before", job, metrics: before });
        else events.push({ type: "job", state: "done", job, metrics: await trainJob(job) });
      } catch (thrown) {
        const error = asFoveaError(thrown);
        if (error.kind === "cancelled") stopped = thrown;
        else events.push({ type: "job", state: "failed", job, error });
      }
      done++;
    }
  };
  const lanes = Promise.all(Array.from({ length: Math.min(parallel, total) }, lane)).finally(events.end);
  yield* events.items();
  await lanes;
  if (stopped !== undefined) throw stopped;
  if (signal.aborted) throw errors.cancelled({ operation: "sweep", done: `${done} of ${total} jobs were done` });
  yield { type: "summary", ...(await summarize(plan)) };

  async function trainJob(job: SweepJob): Promise<Measures> {
    events.push({ type: "job", state: "started", job });
    const recipe = await writeRecipe(job);
    const told = { ...(dataFolders ? { dataFolders } : {}), ...(device === undefined ? {} : { device }) };
    for await (const event of parts.train({ recipe, run: job.run, start: "auto", threads: own, signal, ...told })) {
      if (event.type === "step") {
        const note = `${job.id}  epoch ${event.epoch}/${event.epochs}  loss ${event.loss.toFixed(4)}`;
        progress({ done: done + event.step / event.steps, total, unit: "jobs", note });
      }
      if (event.type === "done") return event.metrics;
    }
    throw errors["training-without-end"]({ run: job.run });
  }
}

/** The recipe of a job in its folder; one that is there is the same, as its hash is in the folder's name. */
async function writeRecipe({ run, recipe }: SweepJob): Promise<string> {
  const path = join(run, "recipe.yaml");
  if (existsSync(path)) return path;
  await mkdir(run, { recursive: true });
  await writeWhole(path, [recipe.text]);
  return path;
}

/** Items from several makers, in the order in which they come. */
function createChannel<Item>() {
  const queue: Item[] = [];
  let isOpen = true;
  let wake = () => {};
  return {
    push(item: Item) {
      queue.push(item);
      wake();
    },
    end() {
      isOpen = false;
      wake();
    },
    async *items(): AsyncGenerator<Item> {
      while (isOpen || queue.length > 0) {
        const item = queue.shift();
        if (item !== undefined) yield item;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
