import { errors } from "../../errors.ts";
import type { Box } from "../../metrics/boxes.ts";
import { noLabels, type ReleaseFiles, readEach } from "../release-files.ts";
import { parseNumber } from "../text-table.ts";

/** Columns of the 106 points, in the order of the files. */
export const columns106 = Array.from({ length: 106 }, (_, i) => [`x${i}`, `y${i}`] as const);

/** A labelled face on its own picture. */
export interface JdFace {
  /** Name of the picture, "AFW_1.jpg". */
  readonly id: string;
  readonly part: string;
  readonly file: string;
  /** x, y of 106 points, origin in the top left corner. */
  readonly points: readonly number[];
  /** The box that a detector found, where it is supplied. */
  readonly box?: Box;
}

/**
 * Reads PICTURE.txt (106, then x and y of a point in each line) of every picture, and PICTURE.rect (the corners x1, y1,
 * x2, y2 of its box) where there is one; each beside its picture, or in folders such as landmark, rect and picture
 * (recalled). The part is told by the folders: one with "val" in its name is valid, with "train" train, else test.
 */
export async function readJd(files: ReleaseFiles): Promise<readonly JdFace[]> {
  const names = await files.names();
  const pictures = names.filter((name) => PICTURE.test(name));
  const labels = byPicture(names, ".txt");
  const boxes = byPicture(names, ".rect");
  const labelled = pictures.filter((picture) => labels.has(keyOf(picture)));
  if (labelled.length === 0) {
    throw noLabels(files, ["a label file PICTURE.jpg.txt for each picture PICTURE.jpg, and boxes PICTURE.jpg.rect"]);
  }
  return readEach(labelled, async (file) => {
    const [label, rect] = [labels.get(keyOf(file))!, boxes.get(keyOf(file))];
    const points = readPoints((await files.text(label)) ?? "", label);
    if (points === null) throw pointsError(label, "no point");
    const box = rect === undefined ? undefined : readBox((await files.text(rect)) ?? "", rect);
    return { id: baseOf(file), part: partOf(file), file, points, ...(box === undefined ? {} : { box }) };
  });
}

const PICTURE = /\.(jpe?g|png)$/i;

const baseOf = (name: string): string => name.split("/").at(-1)!;

/** The part and the picture's name: a picture, its label and its box share it. */
const keyOf = (picture: string): string => `${partOf(picture)}/${baseOf(picture)}`;

/** Files by the picture that they belong to: PICTURE.jpg.txt. */
const byPicture = (names: readonly string[], ending: string): ReadonlyMap<string, string> =>
  new Map(
    names
      .filter((name) => name.endsWith(ending) && PICTURE.test(name.slice(0, -ending.length)))
      .map((name) => [keyOf(name.slice(0, -ending.length)), name]),
  );

function partOf(name: string): string {
  const folders = name.split("/").slice(0, -1).join("/").toLowerCase();
  return /(^|[/_-])val/.test(folders) ? "valid" : /(^|[/_-])train/.test(folders) ? "train" : "test";
}

/** The points of a label or result file, null where it tells none ("0"). */
export function readPoints(text: string, file: string): readonly number[] | null {
  const [count = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (count.trim() === "0" && lines.length === 0) return null;
  const points = lines.flatMap((line, i) => {
    const cells = line.trim().split(/\s+/);
    const numbers = cells.map(parseNumber);
    if (numbers.length !== 2 || numbers.some(Number.isNaN)) throw pointsError(`${file}, point ${i}`, line.trim());
    return numbers;
  });
  if (count.trim() !== "106" || lines.length !== 106)
    throw pointsError(file, `${count.trim()} and ${lines.length} lines`);
  return points;
}

const pointsError = (where: string, received: string) =>
  errors["text-format"]({
    where,
    expected: "the number 106, then two finite numbers x y of each point in a line",
    received,
  });

function readBox(text: string, file: string): Box {
  const corners = text
    .trim()
    .split(/[\s,]+/)
    .map(parseNumber);
  const [x, y, right, bottom] = corners as [number, number, number, number];
  if (corners.length !== 4 || !(right > x && bottom > y)) {
    const expected = "the corners x1 y1 x2 y2 of a box";
    throw errors["text-format"]({ where: file, expected, received: text.trim().slice(0, 60) });
  }
  return { x, y, width: right - x, height: bottom - y };
}
