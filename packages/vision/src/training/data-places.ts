import type { Dataset } from "../data/types.ts";
import type { Recipe } from "./recipe.ts";

/** What every kind of data says of a data set. */
export type DataSetSpec = Pick<
  Extract<Recipe["data"], { kind: "samples" }>["sets"][number],
  "reader" | "folder" | "options"
>;

/** Where the data sets of a recipe are looked for, in order: folders, and sets that are at hand, each under its name. */
export type DataPlaces = readonly (string | Dataset)[];

/** The reader of a set that is at hand: a recipe names such a set in `folder`. */
export const AT_HAND = "memory";

/** The set of this name that is at hand; undefined where the recipe asks for one in files, or there is none. */
export const setAtHand = ({ reader, folder }: DataSetSpec, places: DataPlaces): Dataset | undefined =>
  reader === AT_HAND
    ? places.find((place): place is Dataset => typeof place !== "string" && place.name === folder)
    : undefined;

/** The folders among the places. */
export const foldersIn = (places: DataPlaces): readonly string[] =>
  places.filter((place): place is string => typeof place === "string");
