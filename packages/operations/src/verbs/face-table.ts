import { csvLine } from "../files/csv-line.ts";
import type { FaceResult } from "./face-result.ts";

/** What a face says, as cells by column. */
type Row = Readonly<Record<string, string | number>>;

/**
 * Faces as a CSV table, a row a face, a row with success 0 for a picture without one. Names are those of OpenFace where the
 * meaning is the same: face_id (from 0), confidence, success, x_0 to x_67, y_0 to y_67 (pixels); its others (gaze, pose in
 * radians, action units) are not told here. Columns are those of the first face.
 */
export function createFaceTable(): { add(file: string, faces: readonly FaceResult[]): string } {
  let columns: readonly string[] | undefined;
  let waiting: Row[] = [];
  return {
    /** The lines that a picture adds to the table; pictures before the first face wait for it. */
    add(file, faces) {
      const rows = faces.length > 0 ? faces.map((face, index) => rowOf(file, face, index)) : [{ file, success: 0 }];
      if (columns) return linesOf(rows, columns);
      waiting = [...waiting, ...rows];
      if (faces.length === 0) return "";
      columns = Object.keys(rows[0]!);
      const head = csvLine(columns);
      return head + linesOf(waiting, columns);
    },
  };
}

function rowOf(file: string, { box, score, points, landmarks, ...readings }: FaceResult, index: number): Row {
  const places = landmarks ?? [];
  return {
    file,
    face_id: index,
    confidence: score,
    success: 1,
    box_x: box.x,
    box_y: box.y,
    box_width: box.width,
    box_height: box.height,
    ...Object.fromEntries(
      Object.entries(points).flatMap(([name, [x, y]]) => [
        [`${name}_x`, x],
        [`${name}_y`, y],
      ]),
    ),
    ...Object.fromEntries(Object.entries(readings).flatMap(([name, value]) => cellsOf(name, value))),
    ...Object.fromEntries(places.map(([x], i) => [`x_${i}`, x])),
    ...Object.fromEntries(places.map(([, y], i) => [`y_${i}`, y])),
  };
}

/** A number; a reading as its label and NAME_LABEL for each probability; both sides of what has two. */
function cellsOf(name: string, value: unknown): [string, string | number][] {
  if (typeof value === "number") return [[name, value]];
  if (typeof value !== "object" || value === null) return [];
  if ("label" in value && "scores" in value) {
    const scores = Object.entries(value.scores as Record<string, number>);
    return [[name, String(value.label)], ...scores.map(([label, p]): [string, number] => [`${name}_${label}`, p])];
  }
  return Object.entries(value).flatMap(([side, one]) => cellsOf(`${name}_${side}`, one));
}

const linesOf = (rows: readonly Row[], columns: readonly string[]): string =>
  rows.map((row) => csvLine(columns.map((column) => String(row[column] ?? "")))).join("");
