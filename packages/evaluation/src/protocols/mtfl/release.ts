import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { cellError, cellOf, numberOf, parseNumber, readTextTable, type TextRow, textOf } from "../text-table.ts";
import { type Traits, type TraitValues, traitsOf } from "../traits.ts";

/** Poses in the order of their codes from 1; left is image left. */
export const mtflPoses = ["left_profile", "left", "frontal", "right", "right_profile"] as const;

/** What is labelled of a face besides its points, by column. */
export const mtflTraits = {
  head_pose: mtflPoses,
  smile: ["yes", "no"],
  glasses: ["yes", "no"],
} as const satisfies Traits;

/** The five points by our names. */
export const mtflPoints = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"] as const;

/** Their columns in the packed label file. */
export const mtflColumns = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"].map(
  (name) => [`${name}_x`, `${name}_y`] as const,
);

/** One labelled face. */
export interface MtflRow {
  readonly id: string;
  /** The picture as the official lists name it. */
  readonly key: string;
  readonly part: string;
  /** x, y of the five points. */
  readonly points: readonly number[];
  readonly traits: TraitValues;
  readonly unit: string;
}

/**
 * Reads MTFL in either layout. Official: training.txt and testing.txt, a line a face: path, x of five points, y of five
 * points, gender, smile, glasses, pose (order recalled). Packed: labels.csv; the pictures that the official training
 * list takes from (lfw_5590, net_7876) are its part train, all others test.
 */
export async function readMtfl(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly MtflRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) return { layout: "packed", rows: readPacked(packed) };
  const lists = { train: await files.text("training.txt"), test: await files.text("testing.txt") };
  if (lists.train === undefined && lists.test === undefined) {
    throw noLabels(files, ["labels.csv", "training.txt and testing.txt"]);
  }
  return {
    layout: "official",
    rows: [
      ...readList(lists.train ?? "", "training.txt", "train"),
      ...readList(lists.test ?? "", "testing.txt", "test"),
    ],
  };
}

const trainingSources = ["lfw_5590", "net_7876"];

function readPacked(text: string): MtflRow[] {
  const required = ["file", "source", "original_file", "head_pose", ...mtflColumns.flat()];
  return readTextTable(text, "labels.csv", required).rows.flatMap((row): MtflRow[] => {
    const columns = mtflColumns.flat();
    // a face without points is not labelled for this protocol
    if (columns.every((column) => cellOf(row, column) === "")) return [];
    return [
      {
        id: textOf(row, "file"),
        key: textOf(row, "original_file"),
        part: trainingSources.includes(textOf(row, "source")) ? "train" : "test",
        points: columns.map((column) => numberOf(row, column)),
        traits: traitsOf(row, mtflTraits),
        unit: unitOf(textOf(row, "original_file")),
      },
    ];
  });
}

function readList(text: string, file: string, part: string): MtflRow[] {
  return text.split(/\r?\n/).flatMap((line, i): MtflRow[] => {
    const [path, ...cells] = line.trim().split(/\s+/);
    if (!path) return [];
    const row: TextRow = {
      file,
      line: i + 1,
      cells: { line, smile: cells[11] ?? "", glasses: cells[12] ?? "", head_pose: cells[13] ?? "" },
    };
    const numbers = cells.slice(0, 10).map(parseNumber);
    if (cells.length !== 14 || numbers.some(Number.isNaN)) {
      throw cellError(row, "line", "a path, ten coordinates, gender, smile, glasses and pose");
    }
    const id = path.replaceAll("\\", "/");
    return [
      {
        id,
        key: id,
        part,
        points: Array.from({ length: 5 }, (_, point) => [numbers[point]!, numbers[point + 5]!]).flat(),
        traits: traitsOf(row, mtflTraits),
        unit: unitOf(id),
      },
    ];
  });
}

/** The person of a picture from LFW ("lfw_5590/Aaron_Pena_0001.jpg"), else the photograph that the face is from. */
function unitOf(file: string): string {
  const [source = "", name = ""] = file.split("/");
  if (source.startsWith("lfw")) return `lfw/${name.replace(/_\d+\.\w+$/, "")}`;
  return source === "net_7876" ? `${source}/${name.split("_")[0]}` : `${source}/${name.replace(/^\d+-/, "")}`;
}
