import { FoveaError } from "@foveajs/errors";
import { loadModel, type Model } from "@foveajs/vision";
import { errors } from "../errors.ts";
import { forgetInPage, inTrainingOrder, trainInPage } from "./page-run.ts";
import { noProgress, type Progress } from "./progress.ts";
import type { Classes } from "./project.ts";
import type { Place, Run, Trained, Wishes } from "./run.ts";
import { inOrderOf, isConnectionLost, trainOnServer } from "./server-run.ts";
import { clearNote, readNote, writeNote } from "./store.ts";

const NOTE = "run";
/** One tab trains at a time; after a reload the old page may take a moment to let go. */
const LOCK = "fovea-train";
const LOCK_MS = 2000;
/** How often a running training is drawn. */
const DRAW_MS = 100;

const places: Readonly<Record<Run["place"], Place>> = { page: trainInPage, server: trainOnServer };

/** The training of the page: goes on while other pages of the application are looked at, and is kept over a reload. */
export function createTraining() {
  let run = $state.raw<Run>();
  let progress = $state.raw<Progress>(noProgress);
  let result = $state.raw<Trained>();
  let fault = $state.raw<unknown>();
  let isRunning = $state(false);
  let isStopping = $state(false);
  let controller: AbortController | undefined;
  let model: Promise<Model> | undefined;

  const save = () => (run ? writeNote(NOTE, JSON.stringify(run)) : Promise.resolve());

  async function closeModel(): Promise<void> {
    const open = model;
    model = undefined;
    await open?.then((one) => one.dispose()).catch(() => {});
  }

  async function go(own: Run, start: "resume" | "fresh"): Promise<void> {
    controller = new AbortController();
    const { signal } = controller;
    const begun = performance.now();
    let latest = own.progress;
    let remote = own.remote;
    const now = (status: Run["status"]): Run => ({
      ...own,
      status,
      progress: latest,
      seconds: own.seconds + (performance.now() - begun) / 1000,
      ...(remote ? { remote } : {}),
    });
    let drawing: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      clearTimeout(drawing);
      drawing = undefined;
      progress = latest;
    };
    fault = undefined;
    isRunning = true;
    run = own;
    progress = latest;
    try {
      const trained = await locked(async () => {
        await save();
        return places[own.place]({
          run: own,
          start,
          signal,
          onProgress(change) {
            latest = change(latest);
            drawing ??= setTimeout(draw, DRAW_MS);
          },
          onKeep(next = remote) {
            remote = next;
            run = now(own.status);
            void save().catch(() => {}); // it is kept again at the end, and told then
          },
        });
      });
      result = trained;
      run = own.status === "done" ? own : { ...now("done"), classes: inOrderOf(trained.card, own.classes) };
    } catch (error) {
      run = canGoOn(error, { ...own, progress: latest }, signal) ? now("stopped") : undefined;
      if (!signal.aborted) fault = error;
    } finally {
      draw();
      isRunning = false;
      isStopping = false;
      controller = undefined;
      if (!run) progress = noProgress;
      // what another tab keeps of its training stays
      if (codeOf(fault) !== "console/training-elsewhere")
        await (run ? save() : clearNote(NOTE)).catch((error: unknown) => {
          fault ??= error;
        });
    }
  }

  return {
    get run() {
      return run;
    },
    get progress() {
      return progress;
    },
    get result() {
      return result;
    },
    get fault() {
      return fault;
    },
    get isRunning() {
      return isRunning;
    },
    get isStopping() {
      return isStopping;
    },
    /** Takes up a run that was kept: one that was interrupted goes on, one that has ended gives its model. */
    async restore(): Promise<void> {
      const note = await readNote(NOTE).catch(() => undefined);
      if (note === undefined) return;
      const kept = JSON.parse(note) as Run;
      run = kept;
      progress = kept.progress;
      if (kept.status !== "stopped") void go(kept, "resume");
    },
    async start(classes: Classes, wishes: Wishes): Promise<void> {
      await closeModel();
      result = undefined;
      // what an earlier run left would be taken for this one if the page is left before the first step
      await forgetInPage(run?.name ?? wishes.name, wishes.name);
      // the examples shall not go when space is short; a refusal changes nothing else
      void navigator.storage?.persist?.().catch(() => false);
      const begun = { status: "running", progress: noProgress, seconds: 0 } as const;
      await go({ ...wishes, ...begun, classes: inTrainingOrder(classes) }, "fresh");
    },
    async resume(): Promise<void> {
      if (run) await go({ ...run, status: "running" }, "resume");
    },
    forgetFault(): void {
      fault = undefined;
    },
    stop(): void {
      isStopping = true;
      controller?.abort();
    },
    /** The trained model, opened when it is first asked for. */
    openModel(): Promise<Model> {
      model ??= loadModel(result!.bytes, { name: result!.card.name });
      return model;
    },
    /** Forgets the run and its model. */
    async clear(): Promise<void> {
      await closeModel();
      if (run) await forgetInPage(run.name);
      await clearNote(NOTE);
      run = undefined;
      result = undefined;
      fault = undefined;
      progress = noProgress;
    },
  };
}

export type TrainingState = ReturnType<typeof createTraining>;

const codeOf = (error: unknown): string | undefined => (error instanceof FoveaError ? error.code : undefined);

/** Whether a run that has ended early can go on from what is kept of it. */
function canGoOn(error: unknown, { place, progress, remote }: Run, signal: AbortSignal): boolean {
  if (place === "server") return remote?.job !== undefined && !signal.aborted && isConnectionLost(error);
  return codeOf(error) === "vision/training-stopped" || progress.step > 0;
}

/** Does `work` while no other tab does. */
async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LOCK_MS);
  let isHeld = false;
  try {
    return (await navigator.locks.request(LOCK, { signal: patience.signal }, () => {
      isHeld = true;
      clearTimeout(timer);
      return work();
    })) as Result;
  } catch (error) {
    throw isHeld ? error : errors["training-elsewhere"]({ page: location.host });
  } finally {
    clearTimeout(timer);
  }
}
