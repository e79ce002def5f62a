import { breathe } from "#host";
import type { Loader, LoaderOptions } from "./batches.ts";
import { makeBatch } from "./make-batch.ts";
import type { Plan } from "./plan.ts";
import type { Recipe } from "./recipe.ts";
import { openSource } from "./sources.ts";

/** Batches made ahead, while the session's own thread computes. */
const AHEAD = 2;
/** Milliseconds after which other work gets its turn: half of what a screen shows a picture for, so that a page stays smooth. */
const TURN = 8;

/** Makes batches in this thread, a sample at a time, with turns for other work between: for data sets at hand, which no other thread has. */
export function createDirectLoader(
  recipe: Recipe,
  plan: Plan,
  { dataFolders, first, taught = {} }: LoaderOptions,
): Loader {
  const source = openSource(recipe, dataFolders, taught);
  // told with the first batch
  source.catch(() => undefined);
  const batches = new Map<number, Promise<readonly Float32Array[]>>();
  let next = first;
  let last: Promise<unknown> = source;
  let isDisposed = false;
  let since = performance.now();
  const pause = async () => {
    if (performance.now() - since < TURN) return;
    await breathe();
    since = performance.now();
  };
  const order = (step: number) => {
    const made = last.then(async () => {
      if (isDisposed) return [];
      return makeBatch(await source, { batch: plan.batch, step, size: plan.sizeAt(step), pause });
    });
    // a failure is reported when its step is asked for
    made.catch(() => undefined);
    batches.set(step, made);
    last = made;
  };
  return {
    async batch(step) {
      while (next < plan.steps && next <= step + AHEAD) order(next++);
      const made = batches.get(step)!;
      batches.delete(step);
      return made;
    },
    async dispose() {
      isDisposed = true;
      await last.catch(() => undefined);
    },
  };
}
