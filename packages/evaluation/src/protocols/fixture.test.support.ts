import { readdirSync, readFileSync } from "node:fs";
import { filesInMemory } from "./release-files.ts";

const root = new URL("../../fixtures/", import.meta.url);

/** Texts of all files below a folder of fixtures, by their names relative to it. */
export function fixtureTexts(folder: string): Record<string, string> {
  const base = new URL(`${folder}/`, root);
  const entries = readdirSync(base, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/");
      return [
        path.slice(path.indexOf(`fixtures/${folder}/`) + `fixtures/${folder}/`.length).replace(/^\/+/, ""),
        readFileSync(path, "utf8"),
      ];
    }),
  );
}

/** The release of a fixture, some of its files changed. */
export const fixtureRelease = (folder: string, changed: Readonly<Record<string, string>> = {}) =>
  filesInMemory({ ...fixtureTexts(folder), ...changed }, folder);

/** Numbers that a reference computed; null and -1 where it has none. */
export const fixtureNumbers = (folder: string): Readonly<Record<string, number | null>> =>
  JSON.parse(readFileSync(new URL(`${folder}/expected.json`, root), "utf8"));
