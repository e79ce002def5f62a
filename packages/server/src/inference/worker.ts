import { parentPort, workerData } from "node:worker_threads";
import { asFoveaError } from "@foveajs/errors";
import { createExecutor } from "./executor.ts";
import { type LastOrder, type Order, type Report, sentError, type WorkerSetup } from "./messages.ts";

// The thread in which pictures are decoded and models run; it answers orders until it is ended.
const setup = workerData as WorkerSetup;
const executor = createExecutor(setup);
const running = new Map<number, AbortController>();
const report = (message: Report) => parentPort!.postMessage(message);

parentPort!.on("message", (order: Order | LastOrder) => {
  if (order.type === "cancel") running.get(order.id)?.abort();
  else if (order.type === "run") void run(order.jobs);
  else void end();
});

const warming = setup.warm ? executor.warm() : undefined;
await warming;
report({ type: "ready" });

/** Gives up what runs, closes the models and lets the thread end. */
async function end(): Promise<void> {
  for (const stop of running.values()) stop.abort();
  await warming?.catch(() => {});
  await executor.dispose();
  parentPort!.close();
}

async function run(jobs: Extract<Order, { type: "run" }>["jobs"]): Promise<void> {
  const entries = jobs.map(({ id, job }) => {
    const stop = new AbortController();
    running.set(id, stop);
    return { job, signal: stop.signal };
  });
  const answered = new Set<number>();
  await executor
    .execute(entries, (index, outcome) => {
      const { id } = jobs[index]!;
      answered.add(id);
      running.delete(id);
      if ("error" in outcome) report({ type: "failure", id, error: sentError(outcome.error) });
      else report({ type: "answer", id, ...outcome });
    })
    .catch((thrown: unknown) => {
      const error = sentError(asFoveaError(thrown));
      for (const { id } of jobs) if (!answered.has(id)) report({ type: "failure", id, error });
    });
}
