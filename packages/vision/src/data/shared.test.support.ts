import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of data that is not part of the repository: beside it, or where FOVEA_SHARED says. */
const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));

/** Path of one data set in it. */
export const sharedData = (name: string): string => `${shared}/data/${name}`;

/** Options of a test that needs these data sets: it is skipped, with the reason, where one is absent. */
export const needs = (...names: string[]): { skip: string | false } => {
  const absent = names.filter((name) => !existsSync(sharedData(name)));
  return { skip: absent.length > 0 && `not here: ${absent.map(sharedData).join(", ")} (set FOVEA_SHARED)` };
};
