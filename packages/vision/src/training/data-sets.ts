import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { openDataset, type ReaderName, readers } from "../data/readers/table.ts";
import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import { type DataPlaces, type DataSetSpec, foldersIn, setAtHand } from "./data-places.ts";

/** Opens a data set of a recipe in the first data folder that has it; a whole path is taken as it is, a set at hand by its name. */
export function openDataSet(spec: DataSetSpec, places: DataPlaces): Promise<Dataset> {
  const atHand = setAtHand(spec, places);
  if (atHand) return Promise.resolve(atHand);
  const { reader, folder, options } = spec;
  const dataFolders = foldersIn(places);
  const candidates = isAbsolute(folder) ? [folder] : dataFolders.map((parent) => join(parent, folder));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw errors["recipe-data"]({ folder, looked: dataFolders.join(", ") });
  return openDataset(reader, path, { options });
}

/** The set with the reader's own defaults among its options; as it is where no reader reads it. */
export function withDefaults<Spec extends Pick<DataSetSpec, "reader" | "options">>(spec: Spec): Spec {
  if (!Object.hasOwn(readers, spec.reader)) return spec;
  const parsed = readers[spec.reader as ReaderName].options.safeParse(spec.options);
  return parsed.success ? { ...spec, options: { ...spec.options, ...parsed.data } } : spec;
}
