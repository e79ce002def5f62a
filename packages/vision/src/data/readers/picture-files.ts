import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { errors } from "../../errors.ts";
import type { Split } from "../types.ts";

/** Names of files that are pictures. */
export const pictureName = /\.(jpe?g|png|webp|avif)$/i;

const splitFolders: ReadonlyMap<string, Split> = new Map([
  ["train", "train"],
  ["valid", "valid"],
  ["val", "valid"],
  ["test", "test"],
]);

/** The part whose folder has this name: train, valid (or val), test; undefined for any other. */
export const splitOfFolder = (name: string): Split | undefined => splitFolders.get(name);

/** A file's name without its extension. */
export const stemOf = (file: string): string => file.replace(/\.[^./\\]*$/, "");

/** All names below a folder, sorted, with `/` between folders on every system. */
export async function namesBelow(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true }).catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });
  return names.map((name) => name.replaceAll("\\", "/")).sort();
}

/** Tells whether a file exists; each folder is listed once, since a data set has thousands of pictures in a few folders. */
export function createFileLookup(): (file: string) => Promise<boolean> {
  const listed = new Map<string, Promise<ReadonlySet<string>>>();
  return async (file) => {
    const folder = dirname(file);
    let names = listed.get(folder);
    if (names === undefined) {
      names = readdir(folder).then(
        (entries) => new Set(entries),
        () => new Set(),
      );
      listed.set(folder, names);
    }
    return (await names).has(basename(file));
  };
}
