import { readStart } from "../model/start.ts";
import type { TrainingPictures } from "../model/training-pictures.ts";
import type { DataPlaces } from "./data-places.ts";
import { learntPictures } from "./learnt-pictures.ts";
import type { Recipe } from "./recipe.ts";
import { openSource } from "./sources.ts";

/** A data set of a recipe and how many samples its training part has. */
export interface LearntSet {
  readonly name: string;
  readonly count: number;
}

/** The pictures that a training by a recipe learns from, without training: its data sets are opened as the training opens them. */
export async function recipePictures(
  recipe: Recipe,
  { dataFolders, signal }: { readonly dataFolders: DataPlaces; readonly signal?: AbortSignal },
): Promise<{ readonly pictures: TrainingPictures; readonly sets: readonly LearntSet[] }> {
  const { model } = recipe;
  const from = model.from && (await readStart(model.from, model));
  const { datasets } = await openSource(recipe, dataFolders);
  const pictures = await learntPictures(datasets, { from, ...(signal ? { signal } : {}) });
  const sets = datasets.map(({ name, samples }) => ({
    name,
    count: samples.filter(({ split }) => split === "train").length,
  }));
  return { pictures, sets };
}
