import type { Box, Point } from "../image/image.ts";

/** Left eye, right eye, nose, left and right corner of the mouth; left means image left. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** Five points of a face from the 68 of iBUG/300-W: the eyes are the means of their six points, the nose is its tip. */
export function fivePointsOf68(points: readonly Point[]): FivePoints {
  return [mean(points.slice(36, 42)), mean(points.slice(42, 48)), points[30]!, points[48]!, points[54]!];
}

/** The point that takes the place of each of the five once the picture is mirrored. */
export const mirroredFivePoints = [1, 0, 2, 4, 3] as const;

/** What measures a face however it is turned: the points between the eyes and the mouth, and the size s. */
export interface FaceGeometry {
  readonly eyes: Point;
  readonly mouth: Point;
  /** Halfway between the middle of the eyes and the middle of the mouth. */
  readonly middle: Point;
  /** s = hypot(distance of the eyes, distance from eyes to mouth), in pixels: turning the head shrinks only one of them. */
  readonly size: number;
  /** Angle of the face in the picture, in radians; positive turns the right eye down. */
  readonly roll: number;
}

/** Measures a face by its five points. */
export function faceGeometry(points: readonly Point[]): FaceGeometry {
  const [leftEye, rightEye, , mouthLeft, mouthRight] = points as FivePoints;
  const eyes = mean([leftEye, rightEye]);
  const mouth = mean([mouthLeft, mouthRight]);
  const across: Point = [rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]];
  const down: Point = [mouth[0] - eyes[0], mouth[1] - eyes[1]];
  return {
    eyes,
    mouth,
    middle: mean([eyes, mouth]),
    size: Math.hypot(...across, ...down),
    // Both axes vote by their lengths: in a profile the line between the eyes is short and says little.
    roll: Math.atan2(across[1] - down[0], across[0] + down[1]),
  };
}

/** Sides of a face box in units of s, brow to chin as detectors see it, and how far its centre is above the middle. */
const boxInSizes = { width: 1.6, height: 1.96, above: 0.08 }; // measured on MTFL

/** The box of a face by its five points, in the convention of the detector's training boxes: around the turned oval. */
export function boxOfFivePoints(points: readonly Point[]): Box {
  const { middle, size, roll } = faceGeometry(points);
  const [sine, cosine] = [Math.sin(roll), Math.cos(roll)];
  const above = boxInSizes.above * size;
  // half width and height of an ellipse with these half axes, turned by the roll
  const across = (size / 2) * Math.hypot(boxInSizes.width * cosine, boxInSizes.height * sine);
  const down = (size / 2) * Math.hypot(boxInSizes.width * sine, boxInSizes.height * cosine);
  const [x, y] = [middle[0] + above * sine, middle[1] - above * cosine];
  return { x: x - across, y: y - down, width: 2 * across, height: 2 * down };
}

/** The five points that a level face of even proportions has in such a box: what is known of a face whose box alone is told. */
export function fivePointsInBox({ x, y, width, height }: Box): FivePoints {
  const size = (width / boxInSizes.width + height / boxInSizes.height) / 2;
  const [across, down] = [x + width / 2, y + height / 2 + boxInSizes.above * size];
  const half = size / Math.SQRT2 / 2; // of the distance of the eyes, and of that from eyes to mouth
  const at = (right: number, below: number): Point => [across + right * half, down + below * half];
  return [at(-1, -1), at(1, -1), at(0, 0.3), at(-0.8, 1), at(0.8, 1)];
}

const mean = (points: readonly Point[]): Point => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
];
