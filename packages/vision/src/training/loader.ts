import { Worker } from "node:worker_threads";
import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Loader, LoaderOptions } from "./batches.ts";
import { foldersIn } from "./data-places.ts";
import { createDirectLoader } from "./direct-loader.ts";
import type { Plan } from "./plan.ts";
import type { Recipe } from "./recipe.ts";

/** Batches made ahead by each thread; enough that the trainer never waits for a slow one. */
const AHEAD = 3;

/** Threads that make batches beside so many that learn: two where there are cores for them. Each keeps decoded pictures of its own. */
export const loaderThreads = (learning: number): number => (learning >= 4 ? 2 : 1);

interface Answer {
  readonly step: number;
  readonly tensors?: readonly Float32Array[];
  readonly error?: ConstructorParameters<typeof FoveaError>[0];
}

/** Makes batches in threads of their own; in this one where a data set is at hand, which no other thread has. */
export function createLoader(recipe: Recipe, plan: Plan, options: LoaderOptions): Loader {
  const { dataFolders, first, taught = {}, threads = 1 } = options;
  if (foldersIn(dataFolders).length < dataFolders.length) return createDirectLoader(recipe, plan, options);
  const url = new URL("./loader-worker.js", import.meta.url);
  const workers = Array.from(
    { length: threads },
    () => new Worker(url, { workerData: { recipe, dataFolders, taught } }),
  );
  const waiting = new Map<
    number,
    { resolve: (tensors: readonly Float32Array[]) => void; reject: (error: unknown) => void }
  >();
  const batches = new Map<number, Promise<readonly Float32Array[]>>();
  let next = first;
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  for (const worker of workers) {
    worker.on("message", ({ step, tensors, error }: Answer) => {
      const promise = waiting.get(step);
      waiting.delete(step);
      if (error) promise?.reject(new FoveaError(error));
      else promise?.resolve(tensors!);
    });
    worker.on("error", fail);
    // after an error this changes nothing; a thread that ends without one must not leave the trainer waiting
    worker.on("exit", () => fail(errors["loader-ended"]({ recipe: recipe.name })));
  }
  const order = (step: number) => {
    const size: InputSize = plan.sizeAt(step);
    const made = new Promise<readonly Float32Array[]>((resolve, reject) => {
      if (failure === undefined) waiting.set(step, { resolve, reject });
      else reject(failure);
    });
    // a failure is reported when its step is asked for
    made.catch(() => undefined);
    batches.set(step, made);
    workers[step % threads]!.postMessage({ step, size });
  };
  return {
    async batch(step) {
      while (next < plan.steps && next <= step + AHEAD * threads) order(next++);
      const made = batches.get(step)!;
      batches.delete(step);
      return made;
    },
    async dispose() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
