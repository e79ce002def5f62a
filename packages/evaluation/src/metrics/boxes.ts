import { errors } from "../errors.ts";

/** A rectangle in pixels; x and y are its top left corner. Edges are continuous: the area is width * height, no + 1. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Intersection over union, 0 to 1; 0 where both boxes are empty. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return Math.min(1, intersection / (a.width * a.height + b.width * b.height - intersection));
}

/** Order of boxes by x, y, width, height: breaks ties, so that the order of rows never decides. */
export const compareBoxes = (a: Box, b: Box): number =>
  a.x - b.x || a.y - b.y || a.width - b.width || a.height - b.height;

/** Refuses a box with a NaN, an infinity or a negative size; `where` names it. */
export function checkBox(box: Box, where: string): void {
  const { x, y, width, height } = box;
  if (![x, y, width, height].every(Number.isFinite) || width < 0 || height < 0) {
    throw errors["bad-box"]({ where, received: `x ${x}, y ${y}, width ${width}, height ${height}` });
  }
}
