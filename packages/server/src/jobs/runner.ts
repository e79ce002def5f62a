import { asFoveaError } from "@foveajs/errors";
import { withoutPlaces } from "../security/without-places.ts";
import type { RunElsewhere } from "./operation-thread.ts";
import type { JobStore, StoredJob } from "./store.ts";

export interface RunnerOptions {
  readonly store: JobStore;
  readonly run: RunElsewhere;
  /** Jobs at once; 0: none, they are left to other processes. */
  readonly parallel: number;
  readonly dataFolder: string | undefined;
  readonly now: () => Date;
  /** How often the folder is looked through for what other processes have put there. */
  readonly lookMs?: number;
}

/** Runs the queued jobs of a store, the oldest first. */
export interface Runner {
  /** Looks for work now. */
  wake(): void;
  running(): number;
  /** Stops: runs save where they are, and go on when a runner next finds them. */
  close(): Promise<void>;
}

export function createRunner({ store, run, parallel, dataFolder, now, lookMs = 2000 }: RunnerOptions): Runner {
  const active = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  let isClosing = false;
  let looking: Promise<void> | undefined;
  let isWanted = false;

  const look = async () => {
    for (const { id, cancelling } of await store.list()) {
      if (cancelling) active.get(id)?.stop.abort();
    }
    for (const job of await store.list()) {
      if (isClosing || active.size >= parallel) return;
      // recipes name data sets, which only a process with a data folder has
      const isOurs = job.pictures !== null || dataFolder !== undefined;
      const isOpen = isOurs && (job.state === "queued" || job.state === "running");
      if (!isOpen || active.has(job.id) || !(await store.claim(job.id))) continue;
      const stop = new AbortController();
      // a folder that was taken away under the job leaves nobody to tell
      const ended = runJob(job, stop)
        .catch(() => {})
        .finally(async () => {
          active.delete(job.id);
          await store.release(job.id);
          wake();
        });
      active.set(job.id, { stop, ended });
    }
  };
  const wake = () => {
    isWanted = true;
    looking ??= (async () => {
      while (isWanted && !isClosing) {
        isWanted = false;
        await look().catch(() => {}); // a folder that cannot be read now is looked at again
      }
      looking = undefined;
    })();
  };

  async function runJob({ id }: StoredJob, stop: AbortController): Promise<void> {
    const job = await store.find(id);
    if (job.cancelling) return end(id, { state: "cancelled" });
    await store.update(id, { state: "running", started: job.started ?? now().toISOString() });
    const input = {
      ...(await store.workOf(id)),
      run: store.pathOf(id, "run"),
      ...(dataFolder === undefined ? {} : { data: dataFolder }),
      ...(job.threads === null ? {} : { threads: job.threads }),
    };
    try {
      for await (const event of run({ operation: "train", input }, { signal: stop.signal })) {
        // a page needs no paths of this machine
        await store.appendEvent(id, withoutPaths(event));
      }
      await end(id, { state: "done" });
    } catch (thrown) {
      const { cancelling } = await store.find(id);
      if (stop.signal.aborted && cancelling) await end(id, { state: "cancelled" });
      else if (stop.signal.aborted) await store.update(id, { state: "queued" });
      // it was done when the process ended before it could say so
      else if (asFoveaError(thrown).code === "vision/run-finished") await end(id, { state: "done" });
      else await end(id, { state: "failed", error: toldError(thrown, store.pathOf(id)) });
    }
  }

  /** The last event of a job says how it ended, so that whoever watches needs no other route. */
  async function end(id: string, change: Pick<StoredJob, "state"> & Partial<StoredJob>): Promise<void> {
    const { state, error } = await store.update(id, { ...change, ended: now().toISOString() });
    await store.appendEvent(id, { type: "end", state, error });
  }

  const timer = parallel === 0 ? undefined : setInterval(wake, lookMs).unref();
  if (parallel > 0) wake();
  return {
    wake: () => {
      if (parallel > 0) wake();
    },
    running: () => active.size,
    async close() {
      isClosing = true;
      clearInterval(timer);
      await looking;
      for (const { stop } of active.values()) stop.abort();
      await Promise.all([...active.values()].map(({ ended }) => ended));
    },
  };
}

/** An error without the places of this machine that it names. */
function toldError(thrown: unknown, folder: string): StoredJob["error"] {
  const { code, message, help } = asFoveaError(thrown);
  return { code, message: withoutPlaces(message.replaceAll(`${folder}/`, "")), help };
}

const withoutPaths = (event: unknown): unknown => {
  if (typeof event !== "object" || event === null) return event;
  const { run: _run, path: _path, model: _model, recipe: _recipe, ...told } = event as Record<string, unknown>;
  return told;
};
