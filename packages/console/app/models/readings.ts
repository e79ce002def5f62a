import type { TaskPrediction } from "@foveajs/operations/browser";
import type { Box, Face, Point } from "@foveajs/vision";

/** One thing that is told, as bars: a share of each label, or a number on an axis. */
export type Reading =
  | { readonly kind: "shares"; readonly bars: readonly ShareBar[] }
  | { readonly kind: "values"; readonly values: readonly { readonly name: string; readonly value: number }[] }
  | { readonly kind: "grade"; readonly label: string; readonly grade: number }
  | { readonly kind: "points"; readonly count: number };

export interface ShareBar {
  readonly label: string;
  /** Calibrated probability, 0 to 1. */
  readonly share: number;
  /** Whether it is what the model says: the likeliest, or each that reaches its threshold. */
  readonly isTold: boolean;
}

/** What a task tells, under its name; `side` for tasks that are told of each eye. */
export interface TaskReading {
  readonly task: string;
  readonly side?: "left" | "right";
  readonly told: Reading;
}

/** Something that was found in the picture, in its pixels. */
export interface Mark {
  readonly box: Box;
  readonly score: number;
  readonly label?: string;
  readonly points: readonly Point[];
}

const sharesOf = (scores: Readonly<Record<string, number>>, told: readonly string[]): Reading => ({
  kind: "shares",
  bars: Object.entries(scores).map(([label, share]) => ({ label, share, isTold: told.includes(label) })),
});

/** What is told of one face, task by task, in the order of the card's tasks. */
export function readingsOfFace({ readings, values, eyes, landmarks }: Face): readonly TaskReading[] {
  const numbers = Object.entries(values).map(([name, value]) => ({ name, value }));
  return [
    ...Object.entries(readings).map(([task, { label, scores }]) => ({ task, told: sharesOf(scores, [label]) })),
    ...(numbers.length > 0 ? [{ task: "affect", told: { kind: "values", values: numbers } as const }] : []),
    ...Object.entries(eyes).flatMap(([task, sides]) =>
      (["left", "right"] as const).map((side) => ({
        task,
        side,
        told: sharesOf(sides[side].scores, [sides[side].label]),
      })),
    ),
    ...(landmarks ? [{ task: "landmarks", told: { kind: "points", count: landmarks.length } as const }] : []),
  ];
}

/** What is told of a picture as a whole. Boxes are no readings: they are marks. */
export const readingsOfPicture = (tasks: Readonly<Record<string, TaskPrediction>>): readonly TaskReading[] =>
  Object.entries(tasks).flatMap(([task, prediction]) => {
    const told = readingOf(prediction);
    return told ? [{ task, told }] : [];
  });

function readingOf(told: TaskPrediction): Reading | undefined {
  switch (told.kind) {
    case "classification":
      return sharesOf(told.scores, [told.label]);
    case "multilabel":
      return sharesOf(told.scores, told.labels);
    case "ordinal":
      return { kind: "grade", label: told.label, grade: told.grade };
    case "regression":
      return { kind: "values", values: Object.entries(told.values).map(([name, value]) => ({ name, value })) };
    case "landmarks":
      return { kind: "points", count: told.points.length };
    case "detection":
      return undefined;
  }
}

/** The boxes that a picture's tasks tell, from the highest score down. */
export const marksOfPicture = (tasks: Readonly<Record<string, TaskPrediction>>): readonly Mark[] =>
  Object.values(tasks).flatMap((told) => (told.kind === "detection" ? told.objects : []));

/** Points that a picture's tasks tell, without a box. */
export const pointsOfPicture = (tasks: Readonly<Record<string, TaskPrediction>>): readonly Point[] =>
  Object.values(tasks).flatMap((told) => (told.kind === "landmarks" ? told.points : []));

/** The faces of a picture as marks; their points are all that the reader tells. */
export const marksOfFaces = (faces: readonly Face[]): readonly Mark[] =>
  faces.map(({ box, score, points, landmarks }) => ({ box, score, points: landmarks ?? Object.values(points) }));
