import { errors } from "../../errors.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { cellOf, choiceOf, numberOf, parseNumber, readTextTable, textOf } from "../text-table.ts";

/** Columns of the 68 points, in the order of iBUG. */
export const columns68 = Array.from({ length: 68 }, (_, i) => [`x${i}`, `y${i}`] as const);

/** One labelled face. */
export interface Face68 {
  readonly id: string;
  readonly file: string;
  /** The name of its .pts file, in whatever folder and copy. */
  readonly key: string;
  readonly part: string;
  /** x, y of 68 points; centres of pixels of the original lie at whole numbers from 0. */
  readonly points: readonly number[];
  /** Size of the picture by that of the original. */
  readonly scale: number;
  readonly unit: string;
}

/**
 * Reads faces with 68 points in either layout. Official (300-W): NAME.pts beside NAME.jpg or .png in afw, helen/trainset,
 * helen/testset, ibug, lfpw/trainset and lfpw/testset; 1 is subtracted from coordinates. Packed: labels.csv, whose
 * column `set` is helen_train, afw (part train) or helen_test (part test).
 */
export async function readFaces68(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly Face68[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) return { layout: "packed", rows: readPacked(packed) };
  const names = await files.names();
  const labelled = names.filter((name) => partsOf(name).length > 0 && name.endsWith(".pts"));
  if (labelled.length === 0) {
    throw noLabels(files, [
      "labels.csv with x0, y0 ... x67, y67",
      "the folders of 300-W with a .pts file for each picture",
    ]);
  }
  const faces = await Promise.all(
    labelled.map(async (name) => {
      const id = name.replace(/\.pts$/, "");
      const file = [".jpg", ".png"].map((extension) => id + extension).find((picture) => names.includes(picture));
      if (file === undefined) throw errors["missing-labels"]({ folder: files.name, expected: [`${id}.jpg or .png`] });
      const points = readPoints((await files.text(name)) ?? "", name);
      return partsOf(name).map((part) => ({
        id,
        file,
        key: pointsName(id),
        part,
        points,
        scale: 1,
        unit: id.replace(/_\d+$/, ""),
      }));
    }),
  );
  return { layout: "official", rows: faces.flat() };
}

const packedParts = { helen_train: "train", afw: "train", helen_test: "test" } as const;

const readPacked = (text: string): Face68[] =>
  readTextTable(text, "labels.csv", ["file", "set", "original_file", ...columns68.flat()]).rows.map((row) => {
    const id = textOf(row, "file");
    return {
      id,
      file: id,
      key: pointsName(textOf(row, "original_file")),
      part: packedParts[choiceOf(row, "set", Object.keys(packedParts) as (keyof typeof packedParts)[])],
      points: columns68.flatMap(([x, y]) => [numberOf(row, x), numberOf(row, y)]),
      scale: cellOf(row, "scale") === "" ? 1 : numberOf(row, "scale"),
      // photographs of HELEN and AFW are numbered "<photograph>_<face>"
      unit: textOf(row, "original_file").replace(/_\d+\.\w+$/, ""),
    };
  });

const pointsName = (file: string): string => file.replace(/^.*\//, "").replace(/\.\w+$/, "");

/** The parts of 300-W that a file belongs to, by its folder. */
function partsOf(name: string): readonly string[] {
  const folder = name.split("/").slice(0, -1).join("/").toLowerCase();
  if (/(^|\/)(afw|(helen|lfpw)\/trainset)$/.test(folder)) return ["train"];
  if (/(^|\/)(helen|lfpw)\/testset$/.test(folder)) return ["full", "common"];
  return /(^|\/)ibug$/.test(folder) ? ["full", "challenging"] : [];
}

/** "version: 1", "n_points: 68", "{", a line "x y" for each point, "}". */
function readPoints(text: string, file: string): number[] {
  const body = /n_points:\s*68\s*\{([^}]*)\}/.exec(text)?.[1] ?? "";
  const numbers = body.trim().split(/\s+/).map(parseNumber);
  if (numbers.length !== 136 || numbers.some(Number.isNaN)) {
    throw errors["table-format"]({
      where: file,
      expected: "68 points",
      received: `${numbers.length} numbers or words`,
    });
  }
  return numbers.map((value) => value - 1);
}
