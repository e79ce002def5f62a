import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readStart } from "../model/start.ts";
import type { TrainingEvent } from "./events.ts";
import { trainHeads } from "./heads/heads.ts";
import type { Measurers } from "./measure.ts";
import { type LoadedRecipe, readRecipe } from "./recipe.ts";
import { withFilesBeside } from "./recipe-files.ts";
import type { RunFolder } from "./run-files.ts";
import { openRun } from "./run-folder.ts";
import { openSampleSets, type TaughtLabels } from "./sample-sets.ts";
import { openSource } from "./sources.ts";
import { askTeachers } from "./teachers.ts";
import { Training } from "./training.ts";

export interface TrainOptions {
  /** Path of the recipe. */
  readonly recipe: string;
  /** Folder of the run; runs/NAME unless told. */
  readonly run?: string;
  readonly start: "auto" | "resume" | "fresh";
  /** Threads inside an operator; all cores unless told. The same number gives the same weights, bit for bit. */
  readonly threads?: number;
  /** What computes the steps: "cpu" (unless told) or "webgpu". Heads on frozen features are always fitted on the CPU. */
  readonly device?: string;
  readonly signal: AbortSignal;
  /** Where the folders of data sets are looked for, in order. */
  readonly dataFolders: readonly string[];
  readonly measurers: Measurers;
  /** Fits only the heads, on the features of the model that the recipe starts from; false unless told. */
  readonly heads?: boolean;
}

/** Of the steps, the log keeps one in so many. */
const LOGGED_STEPS = 20;

/** Runs a training and tells how it goes. A stop by the signal saves the state first; the same call then goes on from it. */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent> {
  yield* trainRecipe(withFilesBeside(await readRecipe(options.recipe), options.recipe), options);
}

/** As `train`, of a recipe that is read. */
export async function* trainRecipe(
  loaded: LoadedRecipe,
  options: Omit<TrainOptions, "recipe">,
): AsyncGenerator<TrainingEvent> {
  const { start, dataFolders, device, threads = availableParallelism() } = options;
  if (options.heads) {
    const taught = await taughtLabels(loaded.recipe, { folders: dataFolders, threads });
    const run = await openRun(options.run ?? join("runs", `${loaded.recipe.name}-heads`), loaded, { start, threads });
    yield* logged(run, trainHeads(loaded, run, { ...options, threads, taught }));
    return;
  }
  const { model } = loaded.recipe;
  const from = model.from && (await readStart(model.from, model));
  // before the folder, so that a fresh start without its data throws nothing away
  const taught = await taughtLabels(loaded.recipe, { folders: dataFolders, threads });
  const source = await openSource(loaded.recipe, dataFolders, taught);
  const run = await openRun(options.run ?? join("runs", loaded.recipe.name), loaded, { start, threads, device });
  yield* logged(run, new Training(loaded, run, source, { ...options, threads, from, taught }).events());
}

/** Events on their way to the caller, written to the run's log. */
async function* logged(run: RunFolder, events: AsyncIterable<TrainingEvent>): AsyncGenerator<TrainingEvent> {
  for await (const event of events) {
    if (event.type !== "step" || event.step % LOGGED_STEPS === 0) await run.log(event);
    yield event;
  }
}

/** What the teachers of a recipe say of its training samples; asked anew at every start, since the answers are the same. */
export async function taughtLabels(
  recipe: LoadedRecipe["recipe"],
  options: { folders: readonly string[]; threads: number },
): Promise<TaughtLabels> {
  const { data } = recipe;
  if (data.kind !== "samples" || !data.sets.some(({ taught }) => Object.keys(taught).length > 0)) return {};
  // in colour, as teachers may want it
  const sets = await openSampleSets(
    { ...recipe, preprocessing: { ...recipe.preprocessing, color: "rgb" } },
    data,
    options.folders,
  );
  return askTeachers(recipe, sets, options);
}
