import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import { type DataPlaces, type DataSetSpec, setAtHand } from "./data-places.ts";

/** Gives a data set of a recipe by its name: in a page sets are at hand, since it has no folders. */
export async function openDataSet(spec: DataSetSpec, places: DataPlaces): Promise<Dataset> {
  const found = setAtHand(spec, places);
  if (found) return found;
  const names = places.flatMap((place) => (typeof place === "string" ? [] : [place.name]));
  throw errors["recipe-data"]({ folder: spec.folder, looked: `the sets at hand (${names.join(", ") || "none"})` });
}

/** The set as it is: in a page no reader reads it. */
export const withDefaults = <Spec extends Pick<DataSetSpec, "reader" | "options">>(spec: Spec): Spec => spec;
