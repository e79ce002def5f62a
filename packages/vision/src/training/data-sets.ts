import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { openDataset } from "../data/readers/table.ts";
import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import type { Recipe } from "./recipe.ts";

/** What every kind of data says of a data set. */
export type DataSetSpec = Pick<
  Extract<Recipe["data"], { kind: "samples" }>["sets"][number],
  "reader" | "folder" | "options"
>;

/** Opens a data set of a recipe in the first data folder that has it; a whole path is taken as it is. */
export function openDataSet(
  { reader, folder, options }: DataSetSpec,
  dataFolders: readonly string[],
): Promise<Dataset> {
  const places = isAbsolute(folder) ? [folder] : dataFolders.map((parent) => join(parent, folder));
  const path = places.find((candidate) => existsSync(candidate));
  if (path === undefined) throw errors["recipe-data"]({ folder, looked: dataFolders.join(", ") });
  return openDataset(reader, path, { options });
}
