import { errors } from "../../errors.ts";
import type { Box } from "../../image/image.ts";

/** Pixels by which a box may reach over an edge: rounding, and formats that count pixels from 1. */
const tolerance = 1;

/**
 * A label's box in pixels, cut at the edges of its picture. Refuses one that reaches further out than rounding explains, and one
 * without an area: both are signs of labels in other units or of another picture. `where` names it in the message.
 */
export function boxWithin(
  { x, y, width, height }: Box,
  size: { readonly width: number; readonly height: number },
  where: string,
): Box {
  const right = Math.min(x + width, size.width);
  const bottom = Math.min(y + height, size.height);
  const left = Math.max(x, 0);
  const top = Math.max(y, 0);
  const isInside =
    x >= -tolerance && y >= -tolerance && x + width <= size.width + tolerance && y + height <= size.height + tolerance;
  if (!(isInside && right > left && bottom > top)) {
    throw errors["data-table"]({
      where,
      expected: `a box inside the picture of ${size.width} x ${size.height} pixels`,
      received: `x ${x}, y ${y}, width ${width}, height ${height}`,
    });
  }
  // only what was cut is worked out anew, so that all others keep their numbers to the last bit
  return {
    x: left,
    y: top,
    width: left === x && right === x + width ? width : right - left,
    height: top === y && bottom === y + height ? height : bottom - top,
  };
}
