import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { errors } from "../errors.ts";
import type { TrainingEvent } from "./events.ts";
import { nameOf, type OwnRequest, runOf } from "./propose/own-data.ts";
import { proposeRecipe } from "./propose/propose-recipe.ts";
import { commandOf } from "./propose/recipe-text.ts";
import { parseRecipe } from "./recipe.ts";
import { type TrainOptions, trainRecipe } from "./train.ts";

export interface TrainOwnOptions extends Omit<TrainOptions, "recipe"> {
  readonly request: OwnRequest;
  /** Least seconds that the pace is measured at a size; 3 unless told. */
  readonly paceSeconds?: number;
}

/**
 * Trains on pictures of one's own: proposes a recipe, tells it, and runs it. A run of the same request that was stopped goes on with the
 * recipe that it has; another request in the same folder is refused.
 */
export async function* trainOwn({ request, ...options }: TrainOwnOptions): AsyncGenerator<TrainingEvent> {
  const { start, threads = availableParallelism(), signal, dataFolders, paceSeconds } = options;
  const run = options.run ?? runOf(nameOf(request));
  const path = join(run, "recipe.yaml");
  const command = requestText(request);
  if (start !== "fresh" && existsSync(path)) {
    const text = await readFile(path, "utf8");
    if (commandOf(text) !== command)
      throw errors["run-changed"]({ run, what: `command (${commandOf(text) ?? "a recipe of its own"})` });
    yield* trainRecipe(parseRecipe(text, path), { ...options, run, threads });
    return;
  }
  if (start === "resume") throw errors["run-missing"]({ run });
  const { loaded, notes, skipped } = await proposeRecipe(request, {
    threads,
    signal,
    command,
    dataFolders,
    paceSeconds,
  });
  yield { type: "proposal", recipe: path, notes, skipped };
  yield* trainRecipe(loaded, { ...options, run, threads });
}

/** The request as a command line, by which a run is known again. */
function requestText({
  layout,
  path,
  tasks = [],
  groupBy,
  groupRun,
  flip,
  minutes,
  from,
  features,
  freeze = [],
  name,
}: OwnRequest): string {
  const quoted = (text: string) => (/^[\w./:=,-]+$/.test(text) ? text : `'${text}'`);
  const option = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${flag} ${quoted(String(value))}`];
  return [
    ...option(layout, path),
    ...tasks.flatMap((task) => option("task", task)),
    ...option("group-by", groupBy),
    ...option("group-run", groupRun),
    ...(flip === undefined ? [] : [flip ? "--flip" : "--no-flip"]),
    ...option("minutes", minutes),
    ...option("from", from),
    ...option("features", features),
    ...freeze.flatMap((pattern) => option("freeze", pattern)),
    ...option("name", name),
  ].join(" ");
}
