import { facePointNames, type Told } from "@foveajs/vision";
import { csvLine } from "../files/csv-line.ts";
import type { FaceResult } from "./face-result.ts";

/** What a face says, as cells by column. */
type Row = Readonly<Record<string, string | number>>;

export interface FaceTable {
  /** The line of names. */
  readonly head: string;
  /** The lines that a picture adds to the table. */
  add(file: string, faces: readonly FaceResult[]): string;
}

/**
 * Faces as a CSV table, a row a face, a row with success 0 for a picture without one; what was not read is an empty cell. Names are
 * those of OpenFace where the meaning is the same: face_id (from 0), confidence, success, x_0 to x_67, y_0 to y_67 (pixels); its others
 * (gaze, pose in radians, action units) are not told here. Numbers that nobody measured are named NAME_derived.
 * `told`: what the models tell, which makes the columns, whatever the pictures show.
 */
export function createFaceTable(told: readonly Told[]): FaceTable {
  const columns = columnsOf(told);
  return {
    head: csvLine(columns),
    add(file, faces) {
      const rows = faces.length > 0 ? faces.map((face, index) => rowOf(file, face, index)) : [{ file, success: 0 }];
      return linesOf(rows, columns);
    },
  };
}

/** The columns of all that is told of any face, in the order of a row. */
function columnsOf(told: readonly Told[]): readonly string[] {
  const readings = told.flatMap((one) => {
    if (one.kind === "value") return [valueColumn(one.name, one.derivedFrom !== undefined)];
    if (one.kind === "landmarks") return [];
    const names = one.of === "face" ? [one.name] : [`${one.name}_left`, `${one.name}_right`];
    return names.flatMap((name) => [name, ...one.labels.map((label) => `${name}_${label}`)]);
  });
  const count = told.find((one) => one.kind === "landmarks")?.count ?? 0;
  const places = (axis: string) => Array.from({ length: count }, (_, index) => `${axis}_${index}`);
  return [
    ...["file", "face_id", "confidence", "success", "box_x", "box_y", "box_width", "box_height"],
    ...facePointNames.flatMap((name) => [`${name}_x`, `${name}_y`]),
    ...readings,
    ...places("x"),
    ...places("y"),
  ];
}

function rowOf(file: string, { box, score, points, landmarks, derived, ...readings }: FaceResult, index: number): Row {
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
    ...Object.fromEntries(
      Object.entries(readings).flatMap(([name, value]) => cellsOf(name, value, derived?.[name] !== undefined)),
    ),
    ...Object.fromEntries(places.map(([x], i) => [`x_${i}`, x])),
    ...Object.fromEntries(places.map(([, y], i) => [`y_${i}`, y])),
  };
}

const valueColumn = (name: string, isDerived: boolean): string => (isDerived ? `${name}_derived` : name);

/** A number; a reading as its label and NAME_LABEL for each probability; both sides of what has two. */
function cellsOf(name: string, value: unknown, isDerived: boolean): [string, string | number][] {
  if (typeof value === "number") return [[valueColumn(name, isDerived), value]];
  if (typeof value !== "object" || value === null) return [];
  if ("label" in value && "scores" in value) {
    const scores = Object.entries(value.scores as Record<string, number>);
    return [[name, String(value.label)], ...scores.map(([label, p]): [string, number] => [`${name}_${label}`, p])];
  }
  return Object.entries(value).flatMap(([side, one]) => cellsOf(`${name}_${side}`, one, false));
}

const linesOf = (rows: readonly Row[], columns: readonly string[]): string =>
  rows.map((row) => csvLine(columns.map((column) => String(row[column] ?? "")))).join("");
