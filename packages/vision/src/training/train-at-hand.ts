import { usableThreads } from "#host";
import { openRun } from "#run-folder";
import type { Dataset } from "../data/types.ts";
import { readStart } from "../model/start.ts";
import type { TrainingEvent } from "./events.ts";
import type { Measurers } from "./measure.ts";
import type { LoadedRecipe } from "./recipe.ts";
import { openSource } from "./sources.ts";
import { Training } from "./training.ts";

export interface TrainAtHandOptions {
  /** The recipe's data sets by their names: it names each as `reader: memory` with the name as its folder. */
  readonly datasets: readonly Dataset[];
  /** Where the run is kept, in a page in its own database; runs/NAME unless told. */
  readonly run?: string;
  readonly start: "auto" | "resume" | "fresh";
  readonly threads?: number;
  /** What computes the steps: "cpu" or "wasm" (unless told), or "webgpu". */
  readonly device?: string;
  readonly signal: AbortSignal;
  readonly measurers: Measurers;
}

/** Of the steps, the log keeps one in so many. */
const LOGGED_STEPS = 20;

/** Runs the training of a recipe on data sets at hand, in Node or in a page; as `train` besides, but no teacher is asked. */
export async function* trainAtHand(
  loaded: LoadedRecipe,
  { datasets, run: path, start, threads = usableThreads(), device, signal, measurers }: TrainAtHandOptions,
): AsyncGenerator<TrainingEvent> {
  const { name, model } = loaded.recipe;
  const from = model.from && (await readStart(model.from, model));
  const source = await openSource(loaded.recipe, datasets);
  const run = await openRun(path ?? `runs/${name}`, loaded, { start, threads, device });
  const training = new Training(loaded, run, source, {
    threads,
    device,
    signal,
    dataFolders: datasets,
    measurers,
    from,
  });
  for await (const event of training.events()) {
    if (event.type !== "step" || event.step % LOGGED_STEPS === 0) await run.log(event);
    yield event;
  }
}
