import { type Affine, invertAffine } from "../image/affine.ts";
import type { Border } from "../image/border.ts";
import type { Image, Point } from "../image/image.ts";
import { warpAffine } from "../image/warp.ts";
import { faceGeometry } from "./five-points.ts";

/** How a face lies in its crop, in units of s (see `faceGeometry`). */
export interface FaceFraming {
  /** Width of the crop. */
  readonly width: number;
  /** How far the centre of the crop is above the point midway between eyes and mouth, along the face. */
  readonly above: number;
  /** `level`: the face is turned upright. `keep`: it stays as it is in the picture. */
  readonly roll: "level" | "keep";
}

/** The framing of FER-2013, measured on its tiles: crops cut like this look like them. */
export const ferFraming: FaceFraming = { width: 2.0, above: 0.09, roll: "level" };

export interface FaceCropOptions {
  /** Size of the crop in pixels. */
  readonly width: number;
  readonly height: number;
  readonly framing?: FaceFraming;
  /** What is seen where the crop reaches over the edge of the picture. */
  readonly border?: Border;
}

/**
 * Where a face goes in its crop: the similarity from picture pixels to crop pixels, by the five points of the face
 * (left eye, right eye, nose, left and right corner of the mouth; the nose does not count). Landmarks go along with it.
 */
export function faceTransform(points: readonly Point[], options: FaceCropOptions): Affine {
  const { width, height, framing = ferFraming } = options;
  const { middle, size, roll } = faceGeometry(points);
  const angle = framing.roll === "level" ? roll : 0;
  const scale = width / (framing.width * size);
  const [cosine, sine] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const [centreX, centreY] = [
    middle[0] + framing.above * size * Math.sin(angle),
    middle[1] - framing.above * size * Math.cos(angle),
  ];
  // turn by -angle about the centre, which goes to the middle of the crop
  return [
    cosine,
    sine,
    width / 2 - cosine * centreX - sine * centreY,
    -sine,
    cosine,
    height / 2 + sine * centreX - cosine * centreY,
  ];
}

/** The crop of a face by its five points: the one way from a detected face to what the face models read. */
export function alignFace(image: Image, points: readonly Point[], options: FaceCropOptions): Image {
  const { width, height, border = "replicate" } = options;
  return warpAffine(image, invertAffine(faceTransform(points, options)), { width, height, border });
}
