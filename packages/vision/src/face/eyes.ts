import { type Affine, invertAffine } from "../image/affine.ts";
import type { Image, Point } from "../image/image.ts";
import { warpAffine } from "../image/warp.ts";

/** Side of an eye's crop in widths of the eye from corner to corner: as tight as the pictures of single eyes that are learned from. */
const SIDE = 1.5;

/** One eye by its points, its corners first and fourth as in the 68 of 300-W: turned level, in a square of this side. */
export function eyeCrop(image: Image, points: readonly Point[], side: number): Image {
  const [outer, inner] = [points[0]!, points[3]!];
  const across: Point = [inner[0] - outer[0], inner[1] - outer[1]];
  // at least a pixel, so that a shut or turned eye whose corners meet is still a picture
  const width = Math.max(1, Math.hypot(...across));
  const angle = across[0] === 0 && across[1] === 0 ? 0 : Math.atan2(across[1], across[0]);
  const scale = side / (SIDE * width);
  const [cosine, sine] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const middle: Point = [mean(points, 0), mean(points, 1)];
  const toCrop: Affine = [
    cosine,
    sine,
    side / 2 - cosine * middle[0] - sine * middle[1],
    -sine,
    cosine,
    side / 2 + sine * middle[0] - cosine * middle[1],
  ];
  return warpAffine(image, invertAffine(toCrop), { width: side, height: side });
}

const mean = (points: readonly Point[], axis: 0 | 1): number =>
  points.reduce((sum, point) => sum + point[axis], 0) / points.length;
