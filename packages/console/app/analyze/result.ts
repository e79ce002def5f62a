import { createFaceTable, type FaceResult, faceResult } from "@foveajs/operations/browser";
import type { Face, Told } from "@foveajs/vision";

/** What went wrong with a picture, as everywhere in the product. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** A picture that was searched, or the error in its place. */
export type Outcome =
  | {
      readonly file: string;
      readonly width: number;
      readonly height: number;
      readonly faces: readonly Face[];
      readonly milliseconds: number;
    }
  | { readonly file: string; readonly error: Failure };

/** An object as `fovea analyze --json` prints it. */
export type Result =
  | {
      readonly file: string;
      readonly width: number;
      readonly height: number;
      readonly faces: readonly FaceResult[];
      readonly milliseconds: number;
    }
  | { readonly file: string; readonly error: Failure };

/** An outcome as `fovea analyze --json` tells it: rounded, names in its order. */
export function resultOf(outcome: Outcome): Result {
  if ("error" in outcome) {
    const { file, error } = outcome;
    return { file, error: { code: error.code, message: error.message, help: error.help } };
  }
  const { file, width, height, faces, milliseconds } = outcome;
  return { file, width, height, faces: faces.map((face) => faceResult(face)), milliseconds };
}

/** One JSON object a line, as `fovea analyze --json` writes them. */
export const jsonLines = (outcomes: readonly Outcome[]): string =>
  outcomes.map((outcome) => `${JSON.stringify(resultOf(outcome))}\n`).join("");

/** The table of `fovea analyze --csv`: a row a face, columns of all that is `told`. Pictures that failed have no row. */
export function faceCsv(outcomes: readonly Outcome[], told: readonly Told[]): string {
  const table = createFaceTable(told);
  const lines = outcomes.map(resultOf).map((result) => ("error" in result ? "" : table.add(result.file, result.faces)));
  return [table.head, ...lines].join("");
}
