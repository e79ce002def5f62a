import { errors } from "../../errors.ts";
import { unitNames } from "../multitask/action-units.ts";
import { targetCells, unitColumns, unitTargets } from "../multitask/unit-targets.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { findFile, linesOf, wholeNumber } from "../text-lines.ts";
import { cellError, cellOf, parseNumber, readTextTable, textOf } from "../text-table.ts";

/** Units in the order of the label files. */
export const affWildUnits = unitNames([1, 2, 4, 6, 7, 10, 12, 15, 23, 24, 25, 26]);

/** Expressions in the order of their codes from 0. */
export const affWildExpressions = [
  "neutral",
  "anger",
  "disgust",
  "fear",
  "happiness",
  "sadness",
  "surprise",
  "other",
] as const;

/** One frame, each of its labels maybe missing. */
export interface AffWildRow {
  readonly id: string;
  readonly part: string;
  readonly video: string;
  /** Valence and arousal, both NaN where missing. */
  readonly quantities: readonly [valence: number, arousal: number];
  readonly expression?: number;
  /** 1, 0, and NaN where missing. */
  readonly targets: readonly number[];
}

/** The header of label and result files; a row has a cell for each unit in place of the last. */
export const affWildHeader = "image,valence,arousal,expression,aus";
const lists = { valid: "validation_set_annotations.txt", train: "training_set_annotations.txt" } as const;

/**
 * Reads s-Aff-Wild2 in either layout. Official: validation_set_annotations.txt and training_set_annotations.txt, rows of
 * 16 cells under a header of 5; missing are valence or arousal -5, expression -1 and units -1. Packed: labels.csv with
 * `file, valence, arousal, expression`, a column for each unit and, if there, `split`; nothing or those codes where
 * missing.
 */
export async function readAffWild(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly AffWildRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) return { layout: "packed", rows: readPacked(packed) };
  const found = await Promise.all(
    Object.entries(lists).map(async ([part, name]) => {
      const list = await findFile(files, name);
      return list === undefined ? undefined : readList(list.text, list.path, part);
    }),
  );
  if (found.every((rows) => rows === undefined)) throw noLabels(files, ["labels.csv", Object.values(lists).join(", ")]);
  return { layout: "official", rows: found.flatMap((rows) => rows ?? []) };
}

/** Cells of the label row that is hashed. */
export const affWildLabel = ({ quantities, expression, targets }: AffWildRow): readonly (number | string)[] => [
  ...targetCells(quantities),
  expression ?? "",
  ...targetCells(targets),
];

function readList(text: string, file: string, part: string): readonly AffWildRow[] {
  const [first, ...lines] = linesOf(text, file);
  if (first?.text !== affWildHeader) {
    throw errors["text-format"]({
      where: file,
      expected: `the header ${affWildHeader}`,
      received: first?.text ?? "nothing",
    });
  }
  return lines.map(({ where, text }) => {
    const cells = text.split(",").map((cell) => cell.trim());
    if (cells.length !== 4 + affWildUnits.length) {
      const expected = `image, valence, arousal, expression and ${affWildUnits.length} units`;
      throw errors["text-format"]({ where, expected, received: `${cells.length} cells` });
    }
    const [id = "", valence = "", arousal = "", expression = "", ...units] = cells;
    const quantity = (cell: string) => {
      const value = quantityOf(cell);
      if (value !== undefined) return value;
      const expected = "valence and arousal from -1 to 1, or -5";
      throw errors["text-format"]({ where, expected, received: JSON.stringify(cell) });
    };
    return rowOf({
      id,
      part,
      quantities: [quantity(valence), quantity(arousal)],
      code: wholeNumber(`${where}, expression`, expression, -1, affWildExpressions.length - 1),
      targets: units.map((cell, i) => {
        const target = wholeNumber(`${where}, ${affWildUnits[i]}`, cell, -1, 1);
        return target < 0 ? Number.NaN : target;
      }),
    });
  });
}

function readPacked(text: string): readonly AffWildRow[] {
  const table = readTextTable(text, "labels.csv", ["file", "valence", "arousal", "expression"]);
  const columns = unitColumns(table);
  return table.rows.map((row) => {
    const quantity = (column: string) => {
      const value = cellOf(row, column) === "" ? Number.NaN : quantityOf(cellOf(row, column));
      if (value === undefined) throw cellError(row, column, "a number from -1 to 1, -5 or nothing");
      return value;
    };
    const told = cellOf(row, "expression");
    const code = told === "" ? -1 : parseNumber(told);
    if (!Number.isInteger(code) || code < -1 || code >= affWildExpressions.length) {
      throw cellError(row, "expression", `a code from 0 to ${affWildExpressions.length - 1}, -1 or nothing`);
    }
    const present = { ...row, cells: withoutCodes(row.cells, columns) };
    return rowOf({
      id: textOf(row, "file"),
      part: cellOf(row, "split") || "valid",
      quantities: [quantity("valence"), quantity("arousal")],
      code,
      targets: unitTargets(present, affWildUnits, columns, "refused"),
    });
  });
}

/** Units of -1 are missing; any other code is refused. */
const withoutCodes = (cells: Readonly<Record<string, string>>, columns: ReadonlyMap<string, string>) => ({
  ...cells,
  ...Object.fromEntries(
    [...columns.values()].filter((column) => parseNumber(cells[column]!) === -1).map((column) => [column, ""]),
  ),
});

/** From -1 to 1, NaN for the code -5, undefined for anything else. */
function quantityOf(cell: string): number | undefined {
  const value = parseNumber(cell);
  if (value === -5) return Number.NaN;
  return value >= -1 && value <= 1 ? value : undefined;
}

function rowOf({
  quantities: [valence, arousal],
  code,
  ...row
}: Omit<AffWildRow, "video" | "expression"> & { readonly code: number }): AffWildRow {
  const isMissing = Number.isNaN(valence) || Number.isNaN(arousal);
  return {
    ...row,
    quantities: isMissing ? [Number.NaN, Number.NaN] : [valence, arousal],
    ...(code < 0 ? {} : { expression: code }),
    video: row.id.slice(0, Math.max(0, row.id.lastIndexOf("/"))).replace(/_(left|right)$/, "") || row.id,
  };
}
