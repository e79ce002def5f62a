import type { PictureReference } from "../protocol.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { cellError, choiceOf, numberOf, readTextTable, type TextRow, textOf } from "../text-table.ts";

/** Columns of the votes of FER+ in the official order: eight expressions, then unknown and not a face. */
export const voteColumns = [
  "neutral",
  "happiness",
  "surprise",
  "sadness",
  "anger",
  "disgust",
  "fear",
  "contempt",
  "unknown",
  "NF",
] as const;

/** One row of FER-2013 with its votes where they are at hand. */
export interface FerRow {
  /** Number of the row in the official fer2013.csv, from 0. */
  readonly id: string;
  readonly part: string;
  /** 0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 surprise, 6 neutral. */
  readonly emotion: number;
  /** Votes by column; absent where the official release comes without FER+, empty where FER+ has no name for the picture. */
  readonly votes?: readonly number[];
  readonly picture: PictureReference;
  /** Pictures that are equal byte for byte share it. */
  readonly unit: string;
}

const side = 48;
const tilesPerRow = 50;
const tilesPerSheet = 2000;

/**
 * Reads FER-2013 in either layout. Official: fer2013.csv (emotion, pixels, Usage) and, for FER+, fer2013new.csv beside
 * it, joined by row. Packed: labels.csv over sheets of 2,000 tiles, 50 a row.
 */
export async function readFer(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly FerRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) return { layout: "packed", rows: readPacked(packed) };
  const official = await files.text("fer2013.csv");
  if (official === undefined) {
    throw noLabels(files, ["labels.csv and sheets of tiles", "fer2013.csv, for FER+ with fer2013new.csv"]);
  }
  return { layout: "official", rows: readOfficial(official, await files.text("fer2013new.csv")) };
}

function readPacked(text: string): FerRow[] {
  const voteCells = voteColumns.map((name) => `ferplus_${name}`);
  const required = ["row", "split", "sheet", "tile", "emotion", ...voteCells];
  return readTextTable(text, "labels.csv", required).rows.map((row) => {
    const tile = numberOf(row, "tile", { minimum: 0, maximum: tilesPerSheet - 1, whole: true });
    const sheet = textOf(row, "sheet");
    return {
      id: String(numberOf(row, "row", { minimum: 0, whole: true })),
      part: choiceOf(row, "split", ["train", "valid", "test"]),
      emotion: emotionOf(row),
      votes: votesOf(row, voteCells),
      picture: {
        file: sheet,
        tile: { x: side * (tile % tilesPerRow), y: side * Math.floor(tile / tilesPerRow), width: side, height: side },
      },
      unit: `${sheet}:${tile}`,
    };
  });
}

const parts: Readonly<Record<string, string>> = { Training: "train", PublicTest: "valid", PrivateTest: "test" };

function readOfficial(text: string, votes: string | undefined): FerRow[] {
  const { rows } = readTextTable(text, "fer2013.csv", ["emotion", "pixels", "Usage"]);
  const voteRows =
    votes === undefined ? undefined : readTextTable(votes, "fer2013new.csv", ["Image name", ...voteColumns]).rows;
  return rows.map((row, i) => {
    const voted = voteRows?.[i];
    if (voteRows && voted === undefined) throw cellError(row, "Usage", `a row ${i + 2} in fer2013new.csv`);
    // FER+ leaves out pictures that it has no name for
    const isNamed = voted !== undefined && voted.cells["Image name"] !== "";
    return {
      id: String(i),
      part: parts[choiceOf(row, "Usage", Object.keys(parts))]!,
      emotion: emotionOf(row),
      ...(voteRows ? { votes: isNamed ? votesOf(voted, voteColumns) : [] } : {}),
      picture: { width: side, height: side, pixels: pixelsOf(row) },
      unit: row.cells.pixels!,
    };
  });
}

const emotionOf = (row: TextRow): number => numberOf(row, "emotion", { minimum: 0, maximum: 6, whole: true });

const votesOf = (row: TextRow, columns: readonly string[]): number[] =>
  columns.map((column) => numberOf(row, column, { minimum: 0, maximum: 10, whole: true }));

function pixelsOf(row: TextRow): Uint8Array {
  const values = row.cells.pixels!.trim().split(" ").map(Number);
  if (
    values.length !== side * side ||
    !values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)
  ) {
    throw cellError(row, "pixels", `${side * side} whole numbers from 0 to 255, separated by spaces`);
  }
  return Uint8Array.from(values);
}
