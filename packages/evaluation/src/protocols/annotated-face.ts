import type { Box } from "../metrics/boxes.ts";

type Point = readonly [x: number, y: number];

/** Sides of a face's box in sizes of the face, from brow to chin, and how far its centre is above the middle of the face. */
const box = { width: 1.6, height: 1.96, above: 0.08 };

/**
 * The annotated face of a release that has points and no boxes: the upright box around it by the middles of both eyes and the corners
 * of the mouth. Its size is hypot(distance of the eyes, distance from eyes to mouth), its middle lies between eyes and mouth; how the
 * head is turned is not told (design).
 */
export function faceByPoints([leftEye, rightEye, mouthLeft, mouthRight]: readonly [Point, Point, Point, Point]): Box {
  const [eyes, mouth] = [middle(leftEye, rightEye), middle(mouthLeft, mouthRight)];
  const size = Math.hypot(distance(leftEye, rightEye), distance(eyes, mouth));
  const [x, y] = middle(eyes, mouth);
  const [width, height] = [box.width * size, box.height * size];
  return { x: x - width / 2, y: y - box.above * size - height / 2, width, height };
}

const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);
