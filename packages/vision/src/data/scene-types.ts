import type { Box, Image, Point } from "../image/image.ts";

/** A face that is to be found. */
export interface SceneFace {
  readonly box: Box;
  /** Left eye, right eye, nose, left and right corner of the mouth; absent: not known. May lie outside the picture. */
  readonly points?: readonly Point[];
  /** Whether the face belongs to the photograph or was laid into it. */
  readonly origin: "photograph" | "pasted";
  /** What it is, where there are several classes. */
  readonly class?: number;
}

/** A training picture of a detector. Boxes are clipped to the picture. */
export interface Scene {
  readonly image: Image;
  readonly faces: readonly SceneFace[];
  /** Places where finding or not finding a face is neither right nor wrong. */
  readonly ignore: readonly Box[];
}

export const areaOf = ({ width, height }: Box): number => Math.max(0, width) * Math.max(0, height);

/** What two boxes share; width or height is not above 0 where they share nothing. */
export function intersect(a: Box, b: Box): Box {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.min(a.x + a.width, b.x + b.width) - x,
    height: Math.min(a.y + a.height, b.y + b.height) - y,
  };
}
