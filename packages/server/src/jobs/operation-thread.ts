import { Worker } from "node:worker_threads";
import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import type { OperationReport, OperationSetup } from "./operation-messages.ts";

/** Runs one operation elsewhere; a stop by the signal lets it save what it has. */
export type RunElsewhere = (setup: OperationSetup, options: { signal: AbortSignal }) => AsyncIterable<unknown>;

/** Runs one operation in a thread of its own. */
export const runInThread: RunElsewhere = async function* (setup, { signal }) {
  const worker = new Worker(new URL("./operation-worker.js", import.meta.url), { workerData: setup, execArgv: [] });
  const reports: OperationReport[] = [];
  let wake = () => {};
  let ended: string | undefined;
  worker.on("message", (report: OperationReport) => {
    reports.push(report);
    wake();
  });
  worker.on("error", (error) => {
    ended = error.message;
  });
  worker.on("exit", () => {
    ended ??= "it ended";
    wake();
  });
  const stop = () => worker.postMessage({ type: "stop" });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (true) {
      const report = reports.shift();
      if (report?.type === "result") yield report.result;
      else if (report?.type === "done") return;
      else if (report?.type === "failed") throw new FoveaError(report.error);
      else if (ended !== undefined) throw errors["worker-failed"]({ reason: ended });
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
};

/** At most so many at once; one more is refused with `server/queue-full`. */
export function limitRuns(run: RunElsewhere, most: number): RunElsewhere {
  let running = 0;
  return async function* (setup, options) {
    if (running >= most) throw errors["queue-full"]({ waiting: running });
    running++;
    try {
      yield* run(setup, options);
    } finally {
      running--;
    }
  };
}
