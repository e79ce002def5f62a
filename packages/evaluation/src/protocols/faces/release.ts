import type { Box } from "../../metrics/boxes.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import { cellError, cellOf, choiceOf, numberOf, readTextTable, type TextRow, textOf } from "../text-table.ts";
import { type FaceKind, faceKinds } from "./faces.ts";

/** One picture with all its labelled faces. */
export interface FacesPicture {
  readonly id: string;
  /** "all" where the label file names no parts. */
  readonly part: string;
  /** False where nobody looked for all faces. */
  readonly isScored: boolean;
  readonly faces: readonly { readonly box: Box; readonly kind: FaceKind }[];
}

/**
 * Reads pictures with boxes of faces, and faceless ones, in one of three layouts: images.csv with faces.csv (x, y, width,
 * height, kind; pictures labelled by machine alone are not scored; parts by a column split, if there is one); faces.csv alone (box_x, box_y, box_w, box_h,
 * ignore; the pictures that have a row); labels.csv alone, a list of pictures without a face, told from the label files of
 * other sets by its column coco_image_id.
 */
export async function readFaces(files: ReleaseFiles): Promise<readonly FacesPicture[]> {
  const [images, faces, labels] = await Promise.all(
    ["images.csv", "faces.csv", "labels.csv"].map((name) => files.text(name)),
  );
  if (images !== undefined && faces !== undefined) return readScenes(images, faces);
  if (faces !== undefined) return readBoxes(faces);
  if (labels === undefined) throw noLabels(files, ["images.csv and faces.csv", "faces.csv", "labels.csv, faceless"]);
  return readTextTable(labels, "labels.csv", ["file", "coco_image_id"]).rows.map((row) => ({
    id: textOf(row, "file"),
    part: "all",
    isScored: true,
    faces: [],
  }));
}

function readScenes(images: string, faces: string): FacesPicture[] {
  const found = groupByFile(readTextTable(faces, "faces.csv", ["file", "x", "y", "width", "height", "kind"]).rows);
  const rows = readTextTable(images, "images.csv", ["file", "labels"]).rows;
  const known = new Set(rows.map((row) => textOf(row, "file")));
  for (const [file, [first]] of found) if (!known.has(file)) choiceOf(first!, "file", [...known].slice(0, 1));
  return rows.map((row) => {
    const id = textOf(row, "file");
    return {
      id,
      part: cellOf(row, "split") || "all",
      isScored: choiceOf(row, "labels", ["human", "machine", "negative"]) !== "machine",
      faces: (found.get(id) ?? []).map((face) => ({
        box: boxOf(face, ["x", "y", "width", "height"]),
        kind: choiceOf(face, "kind", faceKinds),
      })),
    };
  });
}

function readBoxes(faces: string): FacesPicture[] {
  const columns = ["box_x", "box_y", "box_w", "box_h"] as const;
  const found = groupByFile(readTextTable(faces, "faces.csv", ["file", ...columns]).rows);
  return [...found].map(([id, rows]) => ({
    id,
    part: "all",
    isScored: true,
    faces: rows.map((row) => ({ box: boxOf(row, columns), kind: ignoredKind(row) })),
  }));
}

/** By column ignore: 1, or 0 (or nothing, or no column). */
function ignoredKind(row: TextRow): FaceKind {
  const told = cellOf(row, "ignore");
  if (!["", "0", "1"].includes(told)) throw cellError(row, "ignore", "0 or 1");
  return told === "1" ? "ignore" : "face";
}

function boxOf(row: TextRow, [x, y, width, height]: readonly [string, string, string, string]): Box {
  return {
    x: numberOf(row, x),
    y: numberOf(row, y),
    width: numberOf(row, width, { minimum: 0 }),
    height: numberOf(row, height, { minimum: 0 }),
  };
}

function groupByFile(rows: readonly TextRow[]): ReadonlyMap<string, readonly TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const file = textOf(row, "file");
    if (groups.has(file)) groups.get(file)!.push(row);
    else groups.set(file, [row]);
  }
  return groups;
}
