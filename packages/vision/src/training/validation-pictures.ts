import type { Image } from "../image/image.ts";
import { warpAffine } from "../image/warp.ts";
import { viewOf } from "../model/view.ts";
import type { Recipe } from "./recipe.ts";
import { openSampleSets, type SetSample, samplesOfPart } from "./sample-sets.ts";
import { openSceneSets } from "./scenes-source.ts";

/** Gives the picture of a validation sample, by its name in the predictions of a run; undefined where there is none. */
export type ValidationPictures = (id: string) => Promise<Image | undefined>;

/**
 * The validation pictures of a recipe as the network is shown them, with `side` pixels along the longer side: shares of the input
 * in answers and targets are shares of these. Those that boxes are found in are whole, in the pixels that the boxes are told in. Opens
 * the data sets and no picture; fails where a data set is not at hand.
 */
export async function validationPictures(
  recipe: Recipe,
  { dataFolders, side }: { readonly dataFolders: readonly string[]; readonly side: number },
): Promise<ValidationPictures> {
  if (recipe.data.kind !== "samples") return wholePictures(recipe, recipe.data, dataFolders);
  const sets = await openSampleSets(recipe, recipe.data, dataFolders);
  const samples = new Map(
    samplesOfPart(sets, "valid").map((entry) => [`${entry.set.dataset.name}/${entry.sample.id}`, entry]),
  );
  return async (id) => {
    const entry = samples.get(id);
    return entry && shown(entry, recipe, side);
  };
}

async function wholePictures(
  recipe: Recipe,
  data: Exclude<Recipe["data"], { kind: "samples" }>,
  dataFolders: readonly string[],
): Promise<ValidationPictures> {
  const datasets =
    data.kind === "scenes"
      ? (await openSceneSets(data, dataFolders)).datasets
      : (await openSampleSets(recipe, data, dataFolders)).map(({ dataset }) => dataset);
  const entries = datasets.flatMap(({ name, samples, load }) =>
    samples
      .filter(({ split }) => split === "valid")
      .map((sample) => [`${name}/${sample.id}`, () => load(sample)] as const),
  );
  const loads: ReadonlyMap<string, () => Promise<Image>> = new Map(entries);
  return async (id) => loads.get(id)?.();
}

async function shown({ sample, set }: SetSample, { preprocessing }: Recipe, side: number): Promise<Image> {
  const image = await set.dataset.load(sample);
  const { width, height } = preprocessing.crop ?? preprocessing;
  const scale = side / Math.max(width, height);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return warpAffine(image, viewOf(image, sample, set.viewing, preprocessing, size), size);
}
