import type { Recipe } from "./recipe.ts";
import { openSamples } from "./samples-source.ts";
import { openScenes } from "./scenes-source.ts";
import type { Source } from "./source.ts";

/** Opens the data of a recipe; its folders are looked for in the data folders, in order. */
export const openSource = (recipe: Recipe, dataFolders: readonly string[]): Promise<Source> =>
  recipe.data.kind === "samples"
    ? openSamples(recipe, recipe.data, dataFolders)
    : openScenes(recipe, recipe.data, dataFolders);
