import { type Graph, readOnnx } from "@foveajs/graph";
import { readRunFile } from "#run-folder";
import type { Start } from "../model/start.ts";
import { type Course, commonEpoch } from "./course.ts";
import type { DataPlaces } from "./data-places.ts";
import { type RefitOptions, refitHeads } from "./heads/refit-heads.ts";
import type { Validation } from "./measure.ts";
import type { Recipe } from "./recipe.ts";
import { epochModelName, type RunFolder } from "./run-files.ts";
import { openSampleSets, type SamplesSpec, type TaughtLabels } from "./sample-sets.ts";
import { networkOf } from "./stepper.ts";

export interface MomentOptions extends Omit<RefitOptions, "network" | "sets"> {
  readonly dataFolders: DataPlaces;
  readonly from?: Start | undefined;
  readonly taught?: TaughtLabels;
  readonly validate: (graph: Graph) => Promise<Validation>;
}

/** The model of the epoch that is best for all tasks, out of the run's own; per task with the heads that are better fitted anew. */
export async function modelAtMoment(
  recipe: Recipe,
  run: RunFolder,
  course: Course,
  { dataFolders, from, taught, validate, ...options }: MomentOptions,
): Promise<{ readonly graph: Graph; readonly validation: Validation }> {
  const epoch = commonEpoch(course);
  const graph = readOnnx((await readRunFile(run.path, epochModelName(epoch)))!);
  const validation = await validate(graph);
  if (recipe.training.moment === "common") return { graph, validation };
  const sets = await openSampleSets(recipe, recipe.data as SamplesSpec, dataFolders, taught);
  const network = networkOf(recipe, from);
  const { heads, ...refitted } = await refitHeads(graph, validation, recipe, { ...options, network, sets });
  await run.write("moments.json", `${JSON.stringify({ epoch, heads }, null, 2)}\n`);
  return refitted;
}
