/** How the points of one mark-up are numbered. */
export interface PointScheme {
  readonly count: number;
  /** The point that takes the place of each one once the picture is mirrored. */
  readonly mirrored: readonly number[];
  /** Left eye, right eye, nose, left and right corner of the mouth (left = image left): each the mean of these points. */
  readonly five: readonly (readonly number[])[];
  /** Outer corners of the eyes, or what comes nearest to them: their distance is the usual measure of an error. */
  readonly eyes: readonly [left: number, right: number];
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** [first, last] ranges that run the other way in a mirrored picture, and pairs of them that change places. */
function mirrorOf(count: number, pairs: readonly (readonly [number, number])[]): readonly number[] {
  const mirrored = range(0, count - 1);
  for (const [a, b] of pairs) [mirrored[a], mirrored[b]] = [b, a];
  return mirrored;
}

/** Mark-ups by name. */
export const pointSchemes = {
  five: {
    count: 5,
    mirrored: mirrorOf(5, [
      [0, 1],
      [3, 4],
    ]),
    five: [[0], [1], [2], [3], [4]],
    eyes: [0, 1],
  },
  // iBUG/300-W: Sagonas et al. 2013; contour 0-16, brows 17-26, nose 27-35, eyes 36-47, lips 48-67
  ibug68: {
    count: 68,
    mirrored: mirrorOf(68, [
      ...range(0, 7).map((i) => [i, 16 - i] as const),
      ...range(17, 21).map((i) => [i, 43 - i] as const),
      ...[31, 32].map((i) => [i, 66 - i] as const),
      ...range(36, 39).map((i) => [i, 81 - i] as const),
      ...[40, 41].map((i) => [i, 87 - i] as const),
      ...[48, 49, 50].map((i) => [i, 102 - i] as const),
      ...[58, 59].map((i) => [i, 114 - i] as const),
      ...[60, 61].map((i) => [i, 124 - i] as const),
      [67, 65],
    ]),
    five: [range(36, 41), range(42, 47), [30], [48], [54]],
    eyes: [36, 45],
  },
} as const satisfies Record<string, PointScheme>;

export type PointSchemeName = keyof typeof pointSchemes;
