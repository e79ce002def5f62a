import { join, resolve } from "node:path";
import { errors } from "../../errors.ts";
import { cellError, type TableRow } from "../table-file.ts";
import { createFileLookup } from "./picture-files.ts";

/** A row of a table with the picture that it is of. */
export interface PictureRow {
  readonly row: TableRow;
  /** As the cell has it. */
  readonly id: string;
  /** Path of the picture. */
  readonly file: string;
}

/** The pictures that rows name in the column `column`, seen from the folder; refuses no rows, a missing file and one named twice. */
export async function presentRows(
  folder: string,
  rows: readonly TableRow[],
  { column = "file", table = join(folder, "labels.csv") }: { column?: string; table?: string } = {},
): Promise<PictureRow[]> {
  if (rows.length === 0)
    throw errors["data-count"]({ where: table, expected: "at least one picture", received: "none" });
  const exists = createFileLookup();
  const seen = new Set<string>();
  const present: PictureRow[] = [];
  for (const row of rows) {
    const id = row.cells[column]!.trim();
    const file = resolve(folder, id);
    if (seen.has(file)) throw cellError(row, column, "a picture that no other line has");
    if (id === "" || !(await exists(file))) throw cellError(row, column, `a picture file, seen from ${folder}`);
    seen.add(file);
    present.push({ row, id, file });
  }
  return present;
}
