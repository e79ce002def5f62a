import { channelsOf, type Image, type Point } from "../image/image.ts";
import type { Random } from "./random.ts";

/** Exchanges left and right with this chance. Where points must follow, draw the chance oneself and use the two below. */
export const flip = (image: Image, random: Random, { chance = 0.5 }: { chance?: number } = {}): Image =>
  random.chance(chance) ? flipImage(image) : image;

/** The picture with left and right exchanged. */
export function flipImage({ width, height, order, data }: Image): Image {
  const c = channelsOf(order);
  const flipped = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    let to = y * width * c;
    for (let x = width - 1; x >= 0; x--) {
      const from = (y * width + x) * c;
      for (let k = 0; k < c; k++) flipped[to++] = data[from + k]!;
    }
  }
  return { width, height, order, data: flipped };
}

/**
 * The points of a picture `width` pixels wide after left and right were exchanged. `mirrored[i]` is the index of the
 * point that takes the place of point i, such as the right eye for the left; absent where points have no sides.
 */
export function flipPoints(
  points: readonly Point[],
  { width, mirrored }: { width: number; mirrored?: readonly number[] },
): Point[] {
  return points.map((point, index) => {
    const [x, y] = mirrored ? (points[mirrored[index]!] as Point) : point;
    return [width - x, y];
  });
}
