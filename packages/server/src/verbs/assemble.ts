import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createNodeContext } from "@foveajs/operations";
import type { Config } from "../config/config.ts";
import { createDescriptions } from "../inference/descriptions.ts";
import { createPool, type Pool } from "../inference/pool.ts";
import { type StartWorker, threadStarter } from "../inference/thread.ts";
import { limitRuns, runInThread } from "../jobs/operation-thread.ts";
import { createRunner, type Runner } from "../jobs/runner.ts";
import { createJobStore } from "../jobs/store.ts";
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

/** Puts the parts of a server together. */
export function assemble(
  config: Config,
  { log, startWorker, warm = true, processWide = true }: AssembleOptions,
): Assembly {
  const draining = new AbortController();
  const stopping = new AbortController();
  const context = createNodeContext({ signal: stopping.signal, progress: () => {} });
  const { inference, limits, models, remotes } = config;
  const threads = inference.threads ?? Math.max(1, Math.floor(availableParallelism() / inference.workers));
  const measurements = createMeasurements({ processWide });
  const setup = { models, threads, remotes, pixels: limits.pixels, faces: limits.faces, warm };
  const pool = createPool({
    startWorker: startWorker ?? threadStarter(setup),
    workers: inference.workers,
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
    parallel: config.data_folder === undefined ? 0 : config.jobs.parallel,
    dataFolder: config.data_folder,
    now,
  });
  measurements.watch(() => ({ ...pool.load(), jobs: runner.running() }));
  const audit = createAudit(config.audit_file, { now });
  const keys = createKeyStore(config.keys_file);
  const services: Services = {
    config,
    context,
    pool,
    describe: createDescriptions(context, models),
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
  const { app, active } = createApp({ services, keys, routes, consoleFolder: consoleFolderOf(config), log });
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
      await Promise.all([pool.close(options), runner.close()]);
    },
  };
}

/** packages/console/dist: from dist/verbs, package, packages. */
const builtConsole = fileURLToPath(new URL("../../../console/dist", import.meta.url));

/** The folder with the console's files; undefined where there is no console. */
export const consoleFolderOf = ({ console_folder }: Config): string | undefined =>
  [console_folder, builtConsole].find((folder) => folder !== undefined && existsSync(folder));

/** Version of this package. */
export function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
