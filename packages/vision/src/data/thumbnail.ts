import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";

/** Pixels across and down a thumbnail. */
export const thumbnailSide = 48;

/**
 * What is left of a picture to find its copies by: grey tones of 48x48 pixels, antialiased, whatever the picture's shape.
 * thumbnailSide * thumbnailSide bytes, rows from the top.
 */
export const thumbnailOf = (image: Image): Uint8Array =>
  resize(convertColor(image, "gray"), { width: thumbnailSide, height: thumbnailSide }).data;
