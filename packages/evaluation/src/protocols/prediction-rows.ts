import { errors } from "../errors.ts";
import type { Test } from "./protocol.ts";
import { cellError, cellOf, listed, type TextRow, type TextTable, textOf } from "./text-table.ts";

/** The column by which prediction files name samples, and how a row's id is read and checked. */
export interface Ids {
  readonly column: "id" | "file";
  /** The id of a row, not yet among `seen`; undefined for a sample of the release that is not scored. */
  readonly read: (row: TextRow, seen?: ReadonlyMap<string, unknown>) => string | undefined;
}

/** Finds the column of ids: `id`, or `file`, which means the same. */
export function idsOf({ file, columns }: TextTable, { samples, others }: Pick<Test, "samples" | "others">): Ids {
  const found = (["id", "file"] as const).filter((name) => columns.includes(name));
  const [column] = found;
  if (column === undefined || found.length > 1) {
    throw errors["table-format"]({ where: file, expected: 'one column "id" or "file"', received: listed(columns) });
  }
  const known = new Set(samples.map(({ id }) => id));
  return {
    column,
    read(row, seen) {
      const id = textOf(row, column);
      if (others.has(id)) return undefined;
      if (!known.has(id)) throw cellError(row, column, "a sample of the split, named as in the label file");
      if (seen?.has(id)) throw cellError(row, column, "each sample once");
      return id;
    },
  };
}

/** Whether all these cells are empty, which says that the face was missed. */
export const isMissed = (row: TextRow, columns: readonly string[]): boolean =>
  columns.every((column) => cellOf(row, column) === "");
