import { errors } from "../errors.ts";
import type { Point } from "./image.ts";

/** A 2 x 3 matrix, rows first: x' = a x + b y + c, y' = d x + e y + f, in pixels of image.ts (first centre at 0.5). */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The matrix that changes nothing. */
export const identityAffine: Affine = [1, 0, 0, 0, 1, 0];

/** The points moved by the matrix. */
export const applyAffine = ([a, b, c, d, e, f]: Affine, points: readonly Point[]): Point[] =>
  points.map(([x, y]) => [a * x + b * y + c, d * x + e * y + f]);

/** One matrix that does `first`, then `second`. */
export const composeAffine = (first: Affine, second: Affine): Affine => {
  const [a, b, c, d, e, f] = second;
  const [p, q, r, s, t, u] = first;
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
};

/** The matrix that undoes this one; throws where there is none. */
export function invertAffine(matrix: Affine): Affine {
  const [a, b, c, d, e, f] = matrix;
  const determinant = a * e - b * d;
  if (!Number.isFinite(1 / determinant)) {
    throw errors["transform-degenerate"]({
      where: "invertAffine",
      expected: "a matrix that can be inverted",
      received: `[${matrix.join(", ")}]`,
    });
  }
  const [p, q, s, t] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [p, q, -(p * c + q * f), s, t, -(s * c + t * f)];
}

/**
 * Rotation, scale and shift that take the points `from` nearest to `to` in the least-squares sense, no reflection.
 * Source: Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 1991,
 * whose singular value decomposition has this closed form in the plane. Needs two points or more that do not all coincide.
 */
export function similarityFromPoints(from: readonly Point[], to: readonly Point[]): Affine {
  if (from.length !== to.length || from.length < 2) {
    throw errors["transform-degenerate"]({
      where: "similarityFromPoints",
      expected: "two lists of equally many points, two or more",
      received: `${from.length} and ${to.length}`,
    });
  }
  const [fromX, fromY] = meanOf(from);
  const [toX, toY] = meanOf(to);
  let along = 0; // sum of dot products of the centred points
  let across = 0; // sum of their cross products
  let spread = 0; // sum of squared distances from the mean
  from.forEach(([x, y], index) => {
    const [u, v] = to[index] as Point;
    along += (x - fromX) * (u - toX) + (y - fromY) * (v - toY);
    across += (x - fromX) * (v - toY) - (y - fromY) * (u - toX);
    spread += (x - fromX) ** 2 + (y - fromY) ** 2;
  });
  const cosine = along / spread; // times the scale
  const sine = across / spread;
  if (!(cosine ** 2 + sine ** 2 > 0) || !Number.isFinite(cosine + sine)) {
    throw errors["transform-degenerate"]({
      where: "similarityFromPoints",
      expected: "finite points that do not all coincide",
      received: JSON.stringify({ from, to }),
    });
  }
  return [cosine, -sine, toX - cosine * fromX + sine * fromY, sine, cosine, toY - sine * fromX - cosine * fromY];
}

const meanOf = (points: readonly Point[]): Point => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
];

/** The sides of an upright rectangle. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What encloses the corners of width x height pixels, moved by the map; in pixels. */
export function boundsUnder(matrix: Affine, { width, height }: { width: number; height: number }): Bounds {
  const corners: Point[] = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ];
  const moved = applyAffine(matrix, corners);
  const xs = moved.map(([x]) => x);
  const ys = moved.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
