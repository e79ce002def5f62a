import { openBoxes } from "./boxes-source.ts";
import type { DataPlaces } from "./data-places.ts";
import type { Recipe } from "./recipe.ts";
import type { TaughtLabels } from "./sample-sets.ts";
import { openSamples } from "./samples-source.ts";
import { openScenes } from "./scenes-source.ts";
import type { Source } from "./source.ts";

/** Opens the data of a recipe; its folders are looked for in the data folders, in order. */
export const openSource = (recipe: Recipe, dataFolders: DataPlaces, taught: TaughtLabels = {}): Promise<Source> =>
  openers[recipe.data.kind](recipe, recipe.data as never, dataFolders, taught);

const openers = { samples: openSamples, scenes: openScenes, boxes: openBoxes } satisfies Record<
  Recipe["data"]["kind"],
  (recipe: Recipe, spec: never, dataFolders: DataPlaces, taught: TaughtLabels) => Promise<Source>
>;
