import { errors } from "../errors.ts";

/** One row of a table; `line` is its line in the file, for messages. */
export interface TextRow {
  readonly file: string;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface TextTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly TextRow[];
}

/**
 * Reads comma-separated text with a header (RFC 4180; byte order mark, CRLF and empty lines allowed), strictly: every
 * row has as many cells as the header, no column stands twice, and all of `required` are there.
 */
export function readTextTable(text: string, file: string, required: readonly string[] = []): TextTable {
  const [header, ...records] = splitRecords(text.replace(/^\uFEFF/, ""), file);
  if (header === undefined) {
    throw errors["table-format"]({ where: file, expected: "a header of column names", received: "an empty file" });
  }
  const columns = header.cells.map((name) => name.trim());
  const repeated = columns.find((name, i) => columns.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw errors["table-format"]({ where: file, expected: "each column once", received: `"${repeated}" twice` });
  }
  for (const column of required) {
    if (!columns.includes(column)) {
      throw errors["table-format"]({
        where: file,
        expected: `a column "${column}"`,
        received: listed(columns),
      });
    }
  }
  const rows = records.map(({ cells, line }) => {
    if (cells.length !== columns.length) {
      throw errors["table-format"]({
        where: `${file}, line ${line}`,
        expected: `${columns.length} cells, as in the header`,
        received: `${cells.length}`,
      });
    }
    return { file, line, cells: Object.fromEntries(columns.map((name, c) => [name, cells[c]!])) };
  });
  return { file, columns, rows };
}

/** Names for a message, the first of many. */
export const listed = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`;

/** The text of a cell, "" where the table has no such column. */
export const cellOf = (row: TextRow, column: string): string => row.cells[column] ?? "";

/** The text of a cell that may not be empty. */
export function textOf(row: TextRow, column: string): string {
  const text = cellOf(row, column);
  if (text === "") throw cellError(row, column, "a text");
  return text;
}

/** The finite number in a cell, from `minimum` to `maximum`. */
export function numberOf(
  row: TextRow,
  column: string,
  { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, whole = false }: NumberRange = {},
): number {
  const value = parseNumber(cellOf(row, column));
  if (!(value >= minimum && value <= maximum) || (whole && !Number.isInteger(value))) {
    throw cellError(row, column, `${whole ? "a whole number" : "a number"}${rangeText(minimum, maximum)}`);
  }
  return value;
}

/** Bounds of a number, both included. */
export interface NumberRange {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly whole?: boolean;
}

/** The text of a cell that must be one of `values`. */
export function choiceOf<const Value extends string>(row: TextRow, column: string, values: readonly Value[]): Value {
  const value = values.find((candidate) => candidate === cellOf(row, column));
  if (value === undefined) throw cellError(row, column, `one of ${values.join(", ")}`);
  return value;
}

/** The error for a cell, by line and column. */
export const cellError = (row: TextRow, column: string, expected: string) =>
  errors["table-cell"]({ file: row.file, line: row.line, column, expected, received: cellOf(row, column) });

/** A finite decimal number, NaN for any other text: "", "1,5", "0x10", "Infinity" and "1e999" are none. */
export function parseNumber(text: string): number {
  const value = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

function rangeText(minimum: number, maximum: number): string {
  if (Number.isFinite(minimum) && Number.isFinite(maximum)) return ` from ${minimum} to ${maximum}`;
  if (Number.isFinite(minimum)) return ` of at least ${minimum}`;
  return Number.isFinite(maximum) ? ` of at most ${maximum}` : "";
}

interface TextRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Records of non-empty lines; a quoted cell may hold commas, doubled quotes and line ends. */
function splitRecords(text: string, file: string): TextRecord[] {
  if (!text.includes('"')) {
    return text.split(/\r?\n/).flatMap((row, i) => (row === "" ? [] : [{ line: i + 1, cells: row.split(",") }]));
  }
  const records: TextRecord[] = [];
  let cells: string[] = [];
  let [line, start] = [1, 1];
  // one cell and what ends it: quoted, or plain up to the next comma or line end
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const match = cell.exec(text);
    if (match === null) {
      throw errors["table-format"]({
        where: `${file}, line ${line}, cell ${cells.length + 1}`,
        expected: "a plain cell, or one in quotes up to the next comma or line end",
        received: "a quote out of place",
      });
    }
    const [whole, quoted, plain = "", end = ""] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") records.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return records;
}
