import type { Box, Image, Point } from "../image/image.ts";

/** The five points of a face, in the order in which models emit them; left means image left. */
export const facePointNames = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"] as const;

export type FacePointName = (typeof facePointNames)[number];

/** A displayed expression (not a felt emotion): the likeliest label and the calibrated probability of each, summing to 1. */
export interface Expression {
  readonly label: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** One face of a picture. Coordinates are pixels of the upright image; a box may reach over its edge. */
export interface Face {
  readonly box: Box;
  /** Confidence that this is a face, 0 to 1. */
  readonly score: number;
  readonly points: Readonly<Record<FacePointName, Point>>;
  /** Absent where no expression model takes part, and where the points are so close together that there is nothing to cut out. */
  readonly expression?: Expression;
}

export interface FaceOptions {
  /** Faces with a lower score are left out, 0 to 1; absent: the threshold of the detector's card. */
  readonly threshold?: number;
  /** Pictures are reduced to this longer side before detection, in pixels; absent: as the detector's card says. */
  readonly maxSide?: number;
  readonly signal?: AbortSignal;
}

/** Detect, align, read: everything that is told of the faces of a picture. Faces come from the highest score down. */
export interface FacePipeline {
  /** What computes, for people: "cpu, 2 threads". */
  readonly device: string;
  analyze(image: Image, options?: FaceOptions): Promise<readonly Face[]>;
  dispose(): Promise<void>;
}
