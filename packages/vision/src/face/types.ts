import type { Box, Image, Point } from "../image/image.ts";

/** The five points of a face, in the order in which models emit them; left means image left. */
export const facePointNames = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"] as const;

export type FacePointName = (typeof facePointNames)[number];

/** The likeliest label of a task and the calibrated probability of each, summing to 1. */
export interface Reading {
  readonly label: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** What is read from a face that was cut out; empty where no reader takes part, or the points are too close together. */
export interface FaceReadings {
  /** All points of the reader's mark-up, in pixels of the picture; absent where it has none. */
  readonly landmarks?: readonly Point[];
  /** By task: expression (displayed, not felt), smile, glasses, head_pose, mask. */
  readonly readings: Readonly<Record<string, Reading>>;
  /** By name: valence and arousal, -1 to 1, derived from displayed expressions. */
  readonly values: Readonly<Record<string, number>>;
  /** Of values that nobody measured, by name: what they were worked out from; absent where there are none. */
  readonly derived?: Readonly<Record<string, string>>;
  /** By task, of each eye (left = image left); empty where the reader does not look at eyes. */
  readonly eyes: Readonly<Record<string, Readonly<Record<"left" | "right", Reading>>>>;
}

/** One face of a picture. Coordinates are pixels of the upright image; a box may reach over its edge. */
export interface Face extends FaceReadings {
  readonly box: Box;
  /** Confidence that this is a face, 0 to 1. */
  readonly score: number;
  /** From the landmarks where a reader tells them, else from the detector. */
  readonly points: Readonly<Record<FacePointName, Point>>;
}

export interface FaceOptions {
  /** Faces with a lower score are left out, 0 to 1; absent: the threshold of the detector's card. */
  readonly threshold?: number;
  /** Pictures are reduced to this longer side before detection, in pixels; absent: as the detector's card says. */
  readonly maxSide?: number;
  /** Whether each eye is looked at too, which takes two more crops a face; true unless told. */
  readonly eyes?: boolean;
  readonly signal?: AbortSignal;
}

/** One thing that a reader tells of every face: a class of the face or of each eye, a number, or its points. */
export type Told =
  | { readonly kind: "class"; readonly name: string; readonly labels: readonly string[]; readonly of: "face" | "eyes" }
  | { readonly kind: "value"; readonly name: string; readonly derivedFrom?: string }
  | { readonly kind: "landmarks"; readonly name: "landmarks"; readonly count: number };

/** Detect, align, read: everything that is told of the faces of a picture. Faces come from the highest score down. */
export interface FacePipeline {
  /** What computes, for people: "cpu, 2 threads". */
  readonly device: string;
  /** What the reader tells of every face: classes of the face, values, landmarks, classes of each eye. */
  readonly told: readonly Told[];
  analyze(image: Image, options?: FaceOptions): Promise<readonly Face[]>;
  dispose(): Promise<void>;
}
