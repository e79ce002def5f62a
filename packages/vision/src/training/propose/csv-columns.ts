import { basename } from "node:path";
import { pictureName } from "../../data/readers/picture-files.ts";
import { readHeader, readTable, type TableRow } from "../../data/table-file.ts";
import { errors } from "../../errors.ts";

const kinds = ["classification", "multilabel", "regression"] as const;
type Kind = (typeof kinds)[number];

interface ColumnTask {
  readonly kind: Kind;
  readonly name: string;
  readonly columns: readonly string[];
}

/** Numbers of which there are more different ones than this are amounts, fewer are names of classes. */
const MOST_NUMBERED_CLASSES = 20;
/** A column of words is a label where each is said this often on average. */
const LEAST_MEMBERS = 5;

/**
 * Options of reader `csv` for a table whose columns nobody has described: the column of pictures by what is in it, tasks as asked for or
 * every column that looks like a label, the column of groups if it is one, a column "split" where it holds parts.
 */
export async function csvOptions(
  path: string,
  { tasks, group }: { tasks: readonly string[]; group: string | undefined },
): Promise<{ options: Record<string, unknown>; isColumn: boolean }> {
  const columns = await readHeader(path);
  const rows = await readTable(path, []);
  if (rows.length === 0)
    throw errors["data-count"]({ where: path, expected: "at least one picture", received: "none" });
  const picture = columns.find((column) => cellsOf(rows, column).every((cell) => pictureName.test(cell)));
  if (picture === undefined) {
    throw errors["own-data"]({
      where: path,
      expected: "a column with the file of a picture in each row (.jpg, .png, .webp, .avif)",
      received: `the columns ${columns.join(", ")}`,
    });
  }
  const split = columns.find((column) => /^(split|subset|part|fold_type)$/i.test(column) && isSplit(rows, column));
  const isColumn = group !== undefined && columns.includes(group);
  const others = columns.filter((column) => ![picture, split, isColumn ? group : undefined].includes(column));
  const found = tasks.length > 0 ? tasks.map((text) => taskOf(text, rows, columns, path)) : inferred(others, rows);
  if (found.length === 0) {
    throw errors["own-data"]({
      where: path,
      expected: "a column of labels: words that repeat, 0 and 1, or numbers; name it with --task NAME=COLUMN",
      received: others.join(", ") || "none besides the pictures",
    });
  }
  return {
    options: {
      table: basename(path),
      picture,
      tasks: found,
      ...(isColumn ? { group } : {}),
      ...(split === undefined ? {} : { split }),
    },
    isColumn,
  };
}

const cellsOf = (rows: readonly TableRow[], column: string): string[] =>
  rows.map(({ cells }) => (cells[column] ?? "").trim());

const isSplit = (rows: readonly TableRow[], column: string): boolean =>
  cellsOf(rows, column).every((cell) => /^(train(ing)?|val(id|idation)?|dev|test(ing)?)$/i.test(cell));

/** NAME=COLUMN[,COLUMN...][:KIND], or the name of a column alone. */
function taskOf(text: string, rows: readonly TableRow[], columns: readonly string[], path: string): ColumnTask {
  const fail = (expected: string) =>
    errors["own-data"]({ where: `--task ${text}`, expected, received: columns.join(", ") });
  const match = /^(?:([^=]+)=)?(.+?)(?::([a-z]+))?$/.exec(text);
  if (!match) throw fail(`columns of ${path} ("${text}" is none)`);
  const names = match[2]!.split(",").map((name) => name.trim());
  const unknown = names.find((column) => !columns.includes(column));
  if (unknown !== undefined) throw fail(`columns of ${path} ("${unknown}" is none)`);
  const kind = match[3] as Kind | undefined;
  if (kind !== undefined && !kinds.includes(kind)) throw fail(`a kind: ${kinds.join(", ")}`);
  const likely = kind ?? (names.length > 1 ? manyKind(names, rows) : (kindOf(names[0]!, rows) ?? "classification"));
  if (likely === "classification" && names.length > 1) throw fail("one column for a classification");
  return { kind: likely, name: match[1]?.trim() ?? names[0]!, columns: names };
}

const manyKind = (names: readonly string[], rows: readonly TableRow[]): Kind =>
  names.every((name) => cellsOf(rows, name).every((cell) => /^[01]?$/.test(cell))) ? "multilabel" : "regression";

/** What a column is a label of, undefined where it looks like none (a name or a number of its own in each row). */
function kindOf(column: string, rows: readonly TableRow[]): Kind | undefined {
  const told = cellsOf(rows, column).filter((cell) => cell !== "");
  const different = new Set(told).size;
  if (different < 2) return undefined;
  const isNumeric = told.every((cell) => Number.isFinite(Number(cell)));
  if (isNumeric && (different > MOST_NUMBERED_CLASSES || told.some((cell) => !Number.isInteger(Number(cell))))) {
    const isCount = different === told.length && told.every((cell) => Number.isInteger(Number(cell)));
    return isCount ? undefined : "regression";
  }
  return told.length / different >= Math.min(LEAST_MEMBERS, rows.length / 4) ? "classification" : undefined;
}

const inferred = (columns: readonly string[], rows: readonly TableRow[]): ColumnTask[] =>
  columns.flatMap((column) => {
    const kind = kindOf(column, rows);
    return kind === undefined ? [] : [{ kind, name: column, columns: [column] }];
  });
