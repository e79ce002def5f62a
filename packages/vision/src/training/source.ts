import type { Dataset } from "../data/types.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Recipe } from "./recipe.ts";
import { openSamples } from "./samples-source.ts";
import { openScenes } from "./scenes-source.ts";

/** Where training samples come from. What `draw` returns depends on the recipe and its arguments alone, in any thread. */
export interface Source {
  readonly datasets: readonly Dataset[];
  /** Training samples of an epoch. */
  readonly samplesPerEpoch: number;
  /** The sample at a position of the whole training: the picture [C, H, W] as the model sees it, then the targets of every task. */
  draw(position: number, size: InputSize): Promise<readonly Float32Array[]>;
}

/** Opens the data of a recipe; its folders are looked for in the data folders, in order. */
export const openSource = (recipe: Recipe, dataFolders: readonly string[]): Promise<Source> =>
  recipe.data.kind === "samples" ? openSamples(recipe, recipe.data, dataFolders) : openScenes(recipe, recipe.data, dataFolders);
