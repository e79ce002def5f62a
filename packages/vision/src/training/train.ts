import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { TrainingEvent } from "./events.ts";
import type { Measurers } from "./measure.ts";
import { readRecipe } from "./recipe.ts";
import { openRun } from "./run-folder.ts";
import { openSource } from "./sources.ts";
import { Training } from "./training.ts";

export interface TrainOptions {
  /** Path of the recipe. */
  readonly recipe: string;
  /** Folder of the run; runs/NAME unless told. */
  readonly run?: string;
  readonly start: "auto" | "resume" | "fresh";
  /** Threads inside an operator; all cores unless told. The same number gives the same weights, bit for bit. */
  readonly threads?: number;
  readonly signal: AbortSignal;
  /** Where the folders of data sets are looked for, in order. */
  readonly dataFolders: readonly string[];
  readonly measurers: Measurers;
}

/** Of the steps, the log keeps one in so many. */
const LOGGED_STEPS = 20;

/** Runs a training and tells how it goes. A stop by the signal saves the state first; the same call then goes on from it. */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent> {
  const { start, dataFolders, threads = availableParallelism() } = options;
  const loaded = await readRecipe(options.recipe);
  // before the folder, so that a fresh start without its data throws nothing away
  const source = await openSource(loaded.recipe, dataFolders);
  const run = await openRun(options.run ?? join("runs", loaded.recipe.name), loaded, { start, threads });
  for await (const event of new Training(loaded, run, source, { ...options, threads }).events()) {
    if (event.type !== "step" || event.step % LOGGED_STEPS === 0) await run.log(event);
    yield event;
  }
}
