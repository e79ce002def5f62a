import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import { type AnswerOf, batchKeyOf, type Job, type Stages } from "./jobs.ts";
import type { Report } from "./messages.ts";
import type { StartWorker, WorkerHandle } from "./thread.ts";

export interface PoolOptions {
  readonly startWorker: StartWorker;
  readonly workers: number;
  /** Jobs that may wait. */
  readonly queue: number;
  /** Most jobs that are handed over at once. */
  readonly batch: number;
  /** How long a free worker waits for a batch to be filled. */
  readonly delayMs: number;
  readonly deadlineMs: number;
  readonly now: () => number;
  readonly observe?: PoolObserver;
}

/** What happens in a pool, for measurements. */
export interface PoolObserver {
  readonly stages: (stages: Stages & { readonly queue: number }) => void;
  readonly batch: (size: number) => void;
  readonly workerLost: () => void;
}

/** Worker threads behind one bounded queue. */
export interface Pool {
  /** Takes all of these on or none: throws `server/queue-full` at once where they do not fit. */
  submit<Kind extends Job["kind"]>(
    jobs: readonly (Job & { readonly kind: Kind })[],
    options: { signal: AbortSignal },
  ): readonly Promise<AnswerOf[Kind]>[];
  /** Jobs that wait, and that are being run. */
  readonly load: () => { readonly waiting: number; readonly running: number };
  /** Seconds until there will be room, by the pace of late. */
  readonly retryAfterSeconds: () => number;
  readonly isReady: () => boolean;
  /** Ends when the first worker can take a job. */
  readonly ready: Promise<void>;
  /** Takes nothing on any more and ends when all that was taken on is answered, or after so long. */
  close(options: { graceMs: number }): Promise<void>;
}

interface Pending {
  readonly id: number;
  readonly job: Job;
  readonly key: string;
  readonly queuedAt: number;
  startedAt: number;
  /** Workers that ended while they had it. */
  attempts: number;
  worker: Slot | undefined;
  readonly settle: (outcome: { readonly answer: unknown } | { readonly error: unknown }) => void;
}

interface Slot {
  handle: WorkerHandle;
  isReady: boolean;
  /** Ids of the jobs that it has. */
  readonly jobs: Set<number>;
  batches: Set<number>[];
}

/** Batches that a worker has at once: while one is computed, the next is decoded. */
const BATCHES_AHEAD = 2;
/** Workers that may end under one job before it is given up. */
const ATTEMPTS = 2;
/** Wait before a worker that did not start is started again. */
const RESTART_MS = 500;

export function createPool(options: PoolOptions): Pool {
  const { startWorker, queue, batch, delayMs, deadlineMs, now, observe } = options;
  const pending = new Map<number, Pending>();
  let waiting: Pending[] = [];
  let nextId = 1;
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;
  let paceMs = 50;
  let whenIdle: (() => void) | undefined;
  let announceReady = () => {};
  const ready = new Promise<void>((resolve) => {
    announceReady = resolve;
  });

  const start = (slot: Slot) => {
    slot.isReady = false;
    slot.handle = startWorker({
      report: (report) => handle(slot, report),
      ended: (reason) => replace(slot, reason),
    });
  };
  const slots = Array.from({ length: options.workers }, (): Slot => {
    const slot = { isReady: false, jobs: new Set<number>(), batches: [] } as unknown as Slot;
    start(slot);
    return slot;
  });

  function replace(slot: Slot, reason: string | undefined): void {
    const wasReady = slot.isReady;
    const lost = [...slot.jobs].flatMap((id) => pending.get(id) ?? []);
    slot.jobs.clear();
    slot.batches = [];
    slot.isReady = false;
    observe?.workerLost();
    for (const entry of lost.reverse()) {
      entry.worker = undefined;
      entry.attempts++;
      if (entry.attempts >= ATTEMPTS) entry.settle({ error: errors["worker-lost"]({ attempts: entry.attempts }) });
      else waiting.unshift(entry);
    }
    if (!wasReady && slots.every(({ isReady }) => !isReady)) {
      for (const entry of [...waiting])
        entry.settle({ error: errors["worker-failed"]({ reason: reason ?? "it ended" }) });
    }
    if (isClosing && pending.size === 0) return;
    setTimeout(() => (isClosing && pending.size === 0 ? undefined : start(slot)), wasReady ? 0 : RESTART_MS).unref();
  }

  function handle(slot: Slot, report: Report): void {
    if (report.type === "ready") {
      slot.isReady = true;
      announceReady();
      pump();
      return;
    }
    slot.jobs.delete(report.id);
    for (const members of slot.batches) members.delete(report.id);
    slot.batches = slot.batches.filter((members) => members.size > 0);
    const entry = pending.get(report.id);
    if (entry && report.type === "answer") {
      paceMs = 0.9 * paceMs + 0.1 * (now() - entry.startedAt);
      observe?.stages({ ...report.stages, queue: entry.startedAt - entry.queuedAt });
      entry.settle({ answer: report.answer });
    } else if (entry && report.type === "failure") entry.settle({ error: new FoveaError(report.error) });
    pump();
  }

  function pump(): void {
    clearTimeout(timer);
    while (waiting.length > 0) {
      const free = slots
        .filter((slot) => slot.isReady && slot.batches.length < BATCHES_AHEAD)
        .sort((a, b) => a.jobs.size - b.jobs.size)[0];
      if (!free) return;
      const [head] = waiting as [Pending];
      // what has ended a worker is tried alone, so that it takes nothing with it
      const isFellow = (entry: Pending) => entry.key === head.key && entry.attempts === 0;
      const members = head.attempts > 0 ? [head] : waiting.filter(isFellow).slice(0, batch);
      const age = now() - head.queuedAt;
      if (members.length < batch && age < delayMs && !isClosing) {
        timer = setTimeout(pump, delayMs - age);
        return;
      }
      const ids = new Set(members.map(({ id }) => id));
      waiting = waiting.filter(({ id }) => !ids.has(id));
      for (const entry of members) {
        entry.worker = free;
        entry.startedAt = now();
        free.jobs.add(entry.id);
      }
      free.batches.push(ids);
      observe?.batch(members.length);
      free.handle.post({ type: "run", jobs: members.map(({ id, job }) => ({ id, job })) });
    }
  }

  const add = (job: Job, signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      const giveUp = (error: unknown) => {
        const { worker } = entry;
        if (worker) worker.handle.post({ type: "cancel", id });
        entry.settle({ error });
      };
      const deadline = setTimeout(() => giveUp(errors.deadline({ milliseconds: deadlineMs })), deadlineMs);
      const left = () => giveUp(errors["client-gone"]({}));
      const entry: Pending = {
        id,
        job,
        key: batchKeyOf(job),
        queuedAt: now(),
        startedAt: now(),
        attempts: 0,
        worker: undefined,
        settle(outcome) {
          if (!pending.delete(id)) return;
          clearTimeout(deadline);
          signal.removeEventListener("abort", left);
          waiting = waiting.filter((other) => other.id !== id);
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.answer);
          if (pending.size === 0) whenIdle?.();
        },
      };
      pending.set(id, entry);
      waiting.push(entry);
      if (signal.aborted) left();
      else signal.addEventListener("abort", left, { once: true });
    });

  return {
    submit(jobs, { signal }) {
      if (isClosing) throw errors.stopping({});
      if (waiting.length + jobs.length > queue) throw errors["queue-full"]({ waiting: waiting.length });
      const answers = jobs.map((job) => add(job as Job, signal));
      // one that fails while the others are awaited is no unhandled rejection
      for (const answer of answers) answer.catch(() => {});
      pump();
      return answers as never;
    },
    load: () => ({ waiting: waiting.length, running: pending.size - waiting.length }),
    retryAfterSeconds: () => Math.max(1, Math.ceil((paceMs * (waiting.length + 1)) / slots.length / 1000)),
    isReady: () => !isClosing && slots.some(({ isReady }) => isReady),
    ready,
    async close({ graceMs }) {
      isClosing = true;
      pump();
      if (pending.size > 0) {
        const idle = new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
        let late: NodeJS.Timeout | undefined;
        const limit = new Promise<void>((resolve) => {
          late = setTimeout(resolve, graceMs);
        });
        await Promise.race([idle, limit]);
        clearTimeout(late);
      }
      for (const entry of [...pending.values()]) entry.settle({ error: errors.stopping({}) });
      await Promise.all(slots.map(({ handle }) => handle.terminate()));
    },
  };
}
