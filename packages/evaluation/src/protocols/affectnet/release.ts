import { expressionIn, readPackedExpressions } from "../packed-expressions.ts";
import type { PictureReference } from "../protocol.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { findFile } from "../text-lines.ts";
import { cellError, cellOf, numberOf, parseNumber, readTextTable, type TextRow, textOf } from "../text-table.ts";

/** Expressions in the order of their codes from 0; 8 (none), 9 (uncertain) and 10 (no face) are none (recalled). */
export const affectNetExpressions = [
  "neutral",
  "happiness",
  "sadness",
  "surprise",
  "fear",
  "disgust",
  "anger",
  "contempt",
] as const;

/** Names that other sets give the same expressions. */
export const affectNetAliases: Readonly<Record<string, string>> = {
  happy: "happiness",
  sad: "sadness",
  angry: "anger",
};

/** One face with one of the eight expressions, or with none of them (absent). */
export interface AffectNetRow {
  readonly id: string;
  readonly part: "valid" | "train";
  readonly expression?: number;
  /** Valence and arousal, both NaN where missing. */
  readonly quantities: readonly [valence: number, arousal: number];
  readonly picture: PictureReference;
  /** The whole picture, where the list tells the face's rectangle in it. */
  readonly whole?: PictureReference;
}

const set = { classes: affectNetExpressions, aliases: affectNetAliases, largestCode: 10, part: "valid" };

const columns = [
  ...["subDirectory_filePath", "face_x", "face_y", "face_width", "face_height"],
  ...["facial_landmarks", "expression", "valence", "arousal"],
];
const lists = { valid: "validation.csv", train: "training.csv" } as const;

/**
 * Reads AffectNet in either layout. Official: validation.csv and training.csv of the manually annotated pictures, the
 * face by its rectangle; without a header in some releases (recalled). Packed: labels.csv with `file, expression` (name or
 * code) and, if there, `valence`, `arousal` (nothing or -2 where missing) and `split`.
 */
export async function readAffectNet(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly AffectNetRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) {
    const rows = readPackedExpressions(packed, set).map(({ id, part, row }): AffectNetRow => {
      return { id, part: part === "train" ? "train" : "valid", picture: { file: id }, ...labelsOf(row) };
    });
    return { layout: "packed", rows };
  }
  const found = await Promise.all(
    (["valid", "train"] as const).map(async (part) => {
      const list = await findFile(files, lists[part]);
      return list === undefined ? undefined : readList(list.text, list.path, part);
    }),
  );
  if (found.every((rows) => rows === undefined)) throw noLabels(files, ["labels.csv", Object.values(lists).join(", ")]);
  return { layout: "official", rows: found.flatMap((rows) => rows ?? []) };
}

function readList(text: string, file: string, part: AffectNetRow["part"]): readonly AffectNetRow[] {
  const hasHeader = text.replace(/^\uFEFF/, "").startsWith(columns[0]!);
  const { rows } = readTextTable(hasHeader ? text : `${columns.join(",")}\n${text}`, file, columns);
  return rows.map((read) => {
    const row = hasHeader ? read : { ...read, line: read.line - 1 };
    const id = textOf(row, columns[0]!);
    const [x, y] = [numberOf(row, "face_x"), numberOf(row, "face_y")];
    const [width, height] = [numberOf(row, "face_width"), numberOf(row, "face_height")];
    return { id, part, picture: { file: id, tile: { x, y, width, height } }, whole: { file: id }, ...labelsOf(row) };
  });
}

function labelsOf(row: TextRow): Pick<AffectNetRow, "expression" | "quantities"> {
  const code = expressionIn(row, set);
  const quantity = (column: string) => {
    const text = cellOf(row, column);
    const value = parseNumber(text);
    if (text === "" || value === -2) return Number.NaN;
    if (!(value >= -1 && value <= 1)) throw cellError(row, column, "a number from -1 to 1, -2 or nothing");
    return value;
  };
  const [valence, arousal] = [quantity("valence"), quantity("arousal")];
  const isMissing = Number.isNaN(valence) || Number.isNaN(arousal);
  return {
    quantities: isMissing ? [Number.NaN, Number.NaN] : [valence, arousal],
    ...(code < affectNetExpressions.length ? { expression: code } : {}),
  };
}
