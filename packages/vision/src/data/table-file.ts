import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { errors } from "../errors.ts";

/** One row of a table; `line` is its line in the file, for messages. */
export interface TableRow {
  readonly file: string;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** Reads a CSV file with a header (RFC 4180, UTF-8) and checks that it has the columns. */
export async function readTable(file: string, columns: readonly string[]): Promise<TableRow[]> {
  const records = await readRecords(file);
  const [header = [], ...rows] = records;
  for (const column of columns) {
    if (!header.includes(column)) {
      throw errors["data-table"]({ where: file, expected: `a column "${column}"`, received: header.join(", ") });
    }
  }
  return rows.map((row, i) => ({
    file,
    line: i + 2,
    cells: Object.fromEntries(header.map((name, c) => [name, row[c] ?? ""])),
  }));
}

/** The names of a CSV file's columns. */
export const readHeader = async (file: string): Promise<readonly string[]> => (await readRecords(file, 1))[0] ?? [];

async function readRecords(file: string, lines = Number.MAX_SAFE_INTEGER): Promise<string[][]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw errors["data-missing"]({ path: file }, { cause });
  });
  try {
    return parse(bytes, { bom: true, skip_empty_lines: true, to: lines });
  } catch (cause) {
    throw errors["data-table"](
      { where: file, expected: "a CSV table with as many cells in each row as in the header", received: String(cause) },
      { cause },
    );
  }
}

/** The text of a cell that must be one of `values`. */
export function choiceOf<const Value extends string>(row: TableRow, column: string, values: readonly Value[]): Value {
  const text = row.cells[column] ?? "";
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw cellError(row, column, `one of ${values.join(", ")}`);
  return value;
}

/** The number in a cell, between `minimum` and `maximum`. */
export function numberOf(row: TableRow, column: string, minimum = -Infinity, maximum = Infinity): number {
  const text = row.cells[column] ?? "";
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(Number.isFinite(value) && value >= minimum && value <= maximum)) {
    const range = Number.isFinite(maximum) || Number.isFinite(minimum) ? ` from ${minimum} to ${maximum}` : "";
    throw cellError(row, column, `a number${range}`);
  }
  return value;
}

/** As `numberOf`, and without a fraction. */
export function integerOf(row: TableRow, column: string, minimum: number, maximum: number): number {
  const value = numberOf(row, column, minimum, maximum);
  if (!Number.isInteger(value)) throw cellError(row, column, `a whole number from ${minimum} to ${maximum}`);
  return value;
}

/** The error of a cell that is not what is expected. */
export const cellError = (row: TableRow, column: string, expected: string) =>
  errors["data-table"]({
    where: `${row.file}, line ${row.line}, column "${column}"`,
    expected,
    received: `"${row.cells[column] ?? ""}"`,
  });
