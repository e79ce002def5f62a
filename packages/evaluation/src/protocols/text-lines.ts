import { errors } from "../errors.ts";
import type { ReleaseFiles } from "./release-files.ts";
import { parseNumber } from "./text-table.ts";

/** One line of a text file that is no table; `where` names file and line in messages. */
export interface TextLine {
  readonly where: string;
  readonly text: string;
}

/** The lines of a file that are not empty, trimmed (byte order mark and CRLF allowed). */
export const linesOf = (text: string, file: string): readonly TextLine[] =>
  text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === "" ? [] : [{ where: `${file}, line ${i + 1}`, text: line.trim() }]));

/** The whole number from `minimum` to `maximum` that a cell of a line holds. */
export function wholeNumber(where: string, cell: string, minimum: number, maximum: number): number {
  const value = parseNumber(cell);
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    const expected = `a whole number from ${minimum} to ${maximum}`;
    throw errors["text-format"]({ where, expected, received: JSON.stringify(cell) });
  }
  return value;
}

/** The file of a name in whatever folder of the release, undefined where there is none; of several, the first. */
export async function findFile(
  files: ReleaseFiles,
  name: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const path = (await files.names()).find((file) => file === name || file.endsWith(`/${name}`));
  const text = path === undefined ? undefined : await files.text(path);
  return path === undefined || text === undefined ? undefined : { path, text };
}
