import { type Affine, composeAffine } from "../image/affine.ts";
import type { Point } from "../image/image.ts";
import type { Random } from "./random.ts";

/** How far a picture is moved. */
export interface RandomAffineOptions {
  /** Point that stays in place but for the shift: the centre of the crop, in pixels. */
  readonly centre: Point;
  /** Greatest turn to either side, degrees. */
  readonly rotation?: number;
  /** Least and greatest magnification; drawn evenly in its logarithm. */
  readonly scale?: readonly [low: number, high: number];
  /** Greatest shift along x and y, pixels. */
  readonly shift?: readonly [x: number, y: number];
}

/**
 * A random turn, magnification and shift as a matrix, to be composed with the matrix of the crop so that the picture is
 * sampled once: `composeAffine(randomAffine(...), cropMatrix)` for `warpAffine`, which takes output to input positions.
 * There a magnification above 1 takes more of the input, so things look smaller.
 */
export function randomAffine(
  random: Random,
  { centre: [x, y], rotation = 0, scale: [low, high] = [1, 1], shift: [shiftX, shiftY] = [0, 0] }: RandomAffineOptions,
): Affine {
  const angle = (random.uniform(-rotation, rotation) * Math.PI) / 180;
  const magnification = Math.exp(random.uniform(Math.log(low), Math.log(high)));
  const cosine = Math.cos(angle) * magnification;
  const sine = Math.sin(angle) * magnification;
  const toOrigin: Affine = [1, 0, -x, 0, 1, -y];
  const back: Affine = [1, 0, x + random.uniform(-shiftX, shiftX), 0, 1, y + random.uniform(-shiftY, shiftY)];
  return composeAffine(composeAffine(toOrigin, [cosine, -sine, 0, sine, cosine, 0]), back);
}
