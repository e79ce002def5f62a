import { parentPort, workerData } from "node:worker_threads";
import { asFoveaError } from "@foveajs/errors";
import type { InputSize } from "../tasks/task.ts";
import { makeBatch } from "./make-batch.ts";
import type { Recipe } from "./recipe.ts";
import type { TaughtLabels } from "./sample-sets.ts";
import { openSource } from "./sources.ts";

/** A thread that makes batches: each tensor with the batch innermost, in the order of the loss graph's inputs. */
const { recipe, dataFolders, taught } = workerData as {
  recipe: Recipe;
  dataFolders: readonly string[];
  taught: TaughtLabels;
};
const source = openSource(recipe, dataFolders, taught);
// told with the first batch
source.catch(() => undefined);
const port = parentPort!;

// one batch after the other, so that the order of an epoch and the scenes of a size are made once
let last: Promise<void> = Promise.resolve();
port.on("message", (order: Order) => {
  last = last.then(() => make(order));
});

interface Order {
  readonly step: number;
  readonly size: InputSize;
}

async function make({ step, size }: Order): Promise<void> {
  try {
    const tensors = await makeBatch(await source, { batch: recipe.training.batch, step, size });
    port.postMessage(
      { step, tensors },
      tensors.map(({ buffer }) => buffer as ArrayBuffer),
    );
  } catch (thrown) {
    const { code, kind, message, help } = asFoveaError(thrown);
    port.postMessage({ step, error: { code, kind, message, help } });
  }
}
