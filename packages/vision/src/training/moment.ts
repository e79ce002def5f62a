import { type Graph, readOnnx } from "@foveajs/graph";
import { readRunFile } from "#run-folder";
import type { Start } from "../model/start.ts";
import { type Course, commonEpoch } from "./course.ts";
import type { DataPlaces } from "./data-places.ts";
import type { TakenHead, TakenMoment } from "./events.ts";
import { type RefitHead, type RefitOptions, refitHeads } from "./heads/refit-heads.ts";
import type { Validation } from "./measure.ts";
import type { Recipe } from "./recipe.ts";
import { epochModelName, momentsName, type RunFolder } from "./run-files.ts";
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
): Promise<{ readonly graph: Graph; readonly validation: Validation; readonly moment: TakenMoment }> {
  const began = performance.now();
  const epoch = commonEpoch(course);
  const graph = readOnnx((await readRunFile(run.path, epochModelName(epoch)))!);
  const validation = await validate(graph);
  const told = async (heads: TakenMoment["heads"]): Promise<TakenMoment> => {
    const moment = { epoch, seconds: (performance.now() - began) / 1000, heads };
    await run.write(momentsName, `${JSON.stringify(moment, null, 2)}\n`);
    return moment;
  };
  if (recipe.training.moment === "common") return { graph, validation, moment: await told({}) };
  const sets = await openSampleSets(recipe, recipe.data as SamplesSpec, dataFolders, taught);
  const network = networkOf(recipe, from);
  const { heads, ...refitted } = await refitHeads(graph, validation, recipe, { ...options, network, sets });
  return { ...refitted, moment: await told(Object.fromEntries(Object.entries(heads).map(tellable))) };
}

/** A head without samples that did not choose its epoch has no finite loss, which JSON could not tell. */
const tellable = ([task, { refitted, ...head }]: [string, RefitHead]): [string, TakenHead] => [
  task,
  { ...head, refitted: Number.isFinite(refitted) ? refitted : null },
];
