import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { consoleFolder } from "@foveajs/console";
import { createNodeContext } from "@foveajs/operations";
import type { Config } from "../config/config.ts";
import { createPictureSets, type PictureSets } from "../datasets/picture-sets.ts";
import { createDescriptions } from "../inference/descriptions.ts";
import { createPool, type Pool } from "../inference/pool.ts";
import { createRemotes } from "../inference/remotes.ts";
import { type StartWorker, threadStarter } from "../inference/thread.ts";
import { limitRuns, runInThread } from "../jobs/operation-thread.ts";
import { createRunner, type Runner } from "../jobs/runner.ts";
import { createJobStore, type JobStore } from "../jobs/store.ts";
import { type App, createApp, type LogLine } from "../routes/app.ts";
import { createMeasurements } from "../routes/measurements.ts";
import type { Services } from "../routes/route.ts";
import { routes } from "../routes/table.ts";
import { type Audit, createAudit } from "../security/audit.ts";
import { createKeyStore, type KeyStore } from "../security/keys.ts";
import { createPurposeRule } from "../security/purpose.ts";

/** A server without a port: everything that answers requests. */
export interface Assembly {
  readonly app: App;
  readonly pool: Pool;
  readonly runner: Runner;
  readonly keys: KeyStore;
  readonly audit: Audit;
  /** Says from now on that it is not ready, while it still answers. */
  drain(): void;
  /** From now on nothing new is taken on. */
  stop(): void;
  /** Requests that are being answered. */
  active(): number;
  /** Ends when what was taken on is answered and trainings are saved, or after so long. */
  close(options: { graceMs: number }): Promise<void>;
}

export interface AssembleOptions {
  readonly log: (line: LogLine) => void;
  /** Absent: threads of this process. */
  readonly startWorker?: StartWorker;
  /** Whether models are opened before the first request. */
  readonly warm?: boolean;
  /** Whether the process itself is measured too; once a process. */
  readonly processWide?: boolean;
}

/** Evaluations at once, each in a thread of its own. */
const EVALUATIONS = 2;

/** Workers where the settings say nothing: each has its models open. */
const MOST_WORKERS = 4;

/** Puts the parts of a server together. */
export function assemble(
  config: Config,
  { log, startWorker, warm = true, processWide = true }: AssembleOptions,
): Assembly {
  const draining = new AbortController();
  const stopping = new AbortController();
  const context = createNodeContext({ signal: stopping.signal, progress: () => {} });
  const { inference, limits, models, remotes, card_remotes } = config;
  // a model is run on one core about as fast as on two, so pictures side by side are worth more
  const workers = inference.workers ?? Math.min(MOST_WORKERS, availableParallelism());
  const threads = inference.threads ?? Math.max(1, Math.floor(availableParallelism() / workers));
  const measurements = createMeasurements({ processWide });
  const setup = { models, threads, remotes, card_remotes, pixels: limits.pixels, faces: limits.faces, warm };
  const pool = createPool({
    startWorker: startWorker ?? threadStarter(setup),
    workers,
    queue: inference.queue,
    batch: inference.batch,
    delayMs: inference.delay_ms,
    deadlineMs: inference.deadline_ms,
    now: performance.now.bind(performance),
    observe: measurements.pool,
  });
  const now = () => new Date();
  const jobs = createJobStore(join(config.state_folder, "jobs"));
  const runner = createRunner({
    store: jobs,
    run: runInThread,
    parallel: config.jobs.parallel,
    dataFolder: config.data_folder,
    now,
  });
  const pictures = createPictureSets(join(config.state_folder, "datasets"), config.datasets);
  const sweeper = keepSwept(pictures, jobs, now);
  measurements.watch(() => ({ ...pool.load(), jobs: runner.running() }));
  const audit = createAudit(config.audit_file, { now });
  const keys = createKeyStore(config.keys_file);
  const services: Services = {
    config,
    context,
    pool,
    describe: createDescriptions(context, models),
    findRemote: createRemotes(config, { models: context.models(models), readCard: context.parts.readCard }),
    keys,
    pictures,
    jobs,
    runner,
    runElsewhere: limitRuns(runInThread, EVALUATIONS),
    purpose: createPurposeRule(config),
    audit,
    measurements,
    version: readVersion(),
    draining: draining.signal,
    stopping: stopping.signal,
    now,
  };
  const { app, active } = createApp({ services, routes, consoleFolder: consoleFolderOf(config), log });
  return {
    app,
    active,
    pool,
    runner,
    keys,
    audit,
    drain: () => draining.abort(),
    stop() {
      draining.abort();
      stopping.abort();
    },
    async close(options) {
      clearInterval(sweeper);
      await Promise.all([pool.close(options), runner.close()]);
    },
  };
}

const SWEEP_MS = 3_600_000;

/** Deletes pictures whose days are over, now and every hour; where it fails the next time does it. */
function keepSwept(pictures: PictureSets, jobs: JobStore, now: () => Date): NodeJS.Timeout {
  const sweep = async () => {
    const used = (await jobs.list()).filter(({ state }) => state === "queued" || state === "running");
    await pictures.sweep(now(), new Set(used.flatMap((job) => job.pictures ?? [])));
  };
  const run = () => void sweep().catch(() => {});
  run();
  return setInterval(run, SWEEP_MS).unref();
}

/** The folder with the console's files; undefined where there is no console. */
export function consoleFolderOf({ console_folder }: Config): string | undefined {
  const folder = console_folder ?? consoleFolder;
  return existsSync(join(folder, "index.html")) ? folder : undefined;
}

/** Version of this package. */
export function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
