import { Worker } from "node:worker_threads";
import type { LastOrder, Order, Report, WorkerSetup } from "./messages.ts";

/** What a worker calls back. */
export interface WorkerEvents {
  readonly report: (report: Report) => void;
  /** It has ended without being told to; what it had is lost. */
  readonly ended: (reason: string | undefined) => void;
}

export interface WorkerHandle {
  post(order: Order): void;
  terminate(): Promise<void>;
}

/** Starts a worker; tests put others in its place. */
export type StartWorker = (events: WorkerEvents) => WorkerHandle;

/** How long a thread may take to close what it has open before it is cut off. */
const PATIENCE_MS = 5000;

/** Workers as threads of this process. */
export const threadStarter =
  (setup: WorkerSetup): StartWorker =>
  ({ report, ended }) => {
    // without the program's own flags: of some, such as --input-type, the thread could not start
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: setup, execArgv: [] });
    let isTold = false;
    let reason: string | undefined;
    worker.on("message", report);
    worker.on("error", (error) => {
      reason = error.message;
    });
    const gone = new Promise<void>((resolve) => {
      worker.on("exit", () => {
        if (!isTold) ended(reason);
        resolve();
      });
    });
    return {
      post: (order) => worker.postMessage(order),
      async terminate() {
        isTold = true;
        worker.postMessage({ type: "end" } satisfies LastOrder);
        // a thread that is cut off while native code opens a model takes the process with it
        const cutOff = setTimeout(() => void worker.terminate(), PATIENCE_MS);
        await gone;
        clearTimeout(cutOff);
      },
    };
  };
