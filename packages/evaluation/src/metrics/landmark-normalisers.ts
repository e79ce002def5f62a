import type { Box } from "./boxes.ts";

/** The true side of one face: points [2P] as x, y of each, NaN where missing, and the box of the face, if given. */
export interface TrueFace {
  readonly truth: ArrayLike<number>;
  readonly box?: Box;
}

/** The length that errors are divided by. */
export interface Normaliser {
  /** Key in results, snake_case. */
  readonly name: string;
  /** In pixels; NaN where the face does not have what it takes. */
  readonly length: (face: TrueFace) => number;
}

/** Distance of the outer corners of the eyes, given as a pair of point indices (`outerEyeCorners`). */
export const interOcular = ([left, right]: readonly [left: number, right: number]): Normaliser => ({
  name: "inter_ocular",
  length: ({ truth }) => distance(centre(truth, [left]), centre(truth, [right])),
});

/** Distance of the eye centres, each the mean of the points given (`eyePoints`). */
export const interPupil = ([left, right]: readonly [
  left: readonly number[],
  right: readonly number[],
]): Normaliser => ({
  name: "inter_pupil",
  length: ({ truth }) => distance(centre(truth, left), centre(truth, right)),
});

/** √(width · height) of the rectangle around the true points, as the JD-landmark challenges. */
export const landmarkBox: Normaliser = {
  name: "landmark_box",
  length: ({ truth }) => {
    const [width, height] = extent(truth);
    return Math.sqrt(width * height);
  },
};

/** Diagonal of the rectangle around the true points. */
export const landmarkDiagonal: Normaliser = {
  name: "landmark_diagonal",
  length: ({ truth }) => Math.hypot(...extent(truth)),
};

/** √(width · height) of the face's box, as AFLW. */
export const faceBox: Normaliser = {
  name: "face_box",
  length: ({ box }) => (box === undefined ? Number.NaN : Math.sqrt(box.width * box.height)),
};

/** Outer corners of the eyes, image left first, by the name of the scheme and its number of points; from 0. */
export const outerEyeCorners = {
  ibug68: [36, 45],
  wflw98: [60, 72],
  jd106: [66, 79],
  insightface106: [35, 93],
  cofw29: [8, 9],
} as const satisfies Record<string, readonly [number, number]>;

/** Points whose mean is the eye's centre, image left first; from 0. */
export const eyePoints = {
  ibug68: [
    [36, 37, 38, 39, 40, 41],
    [42, 43, 44, 45, 46, 47],
  ],
  cofw29: [[16], [17]],
} as const satisfies Record<string, readonly [readonly number[], readonly number[]]>;

type Point = readonly [x: number, y: number];

function centre(points: ArrayLike<number>, indices: readonly number[]): Point {
  let [x, y] = [0, 0];
  for (const index of indices) {
    x += points[2 * index] ?? Number.NaN;
    y += points[2 * index + 1] ?? Number.NaN;
  }
  return [x / indices.length, y / indices.length];
}

const distance = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Width and height of the rectangle around the points that are there. */
function extent(points: ArrayLike<number>): Point {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < points.length; i += 2) {
    if (Number.isNaN(points[i]! + points[i + 1]!)) continue;
    for (const axis of [0, 1]) {
      low[axis] = Math.min(low[axis]!, points[i + axis]!);
      high[axis] = Math.max(high[axis]!, points[i + axis]!);
    }
  }
  return [high[0]! - low[0]!, high[1]! - low[1]!];
}
