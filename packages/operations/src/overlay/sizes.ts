import type { Box } from "@foveajs/vision";

/** Lengths of an overlay in pixels of the drawn picture. */
export interface OverlaySizes {
  /** Coloured line of a box. */
  readonly line: number;
  readonly font: number;
  /** Text of what stands under a label. */
  readonly small: number;
}

// A label of the smallest legible font (11 px) takes about 90 px: below these sides it would be the whole picture.
const smallestLongSide = 480;
const smallestShortSide = 120;
// A strip one pixel wide must not grow without end.
const largestEnlarged = 16e6;

/** How many times a small picture is enlarged so that labels can be read: a whole number, 1 from 400 x 120 px on. */
export function overlayScale(width: number, height: number): number {
  const wanted = Math.max(smallestLongSide / Math.max(width, height), smallestShortSide / Math.min(width, height));
  return Math.max(1, Math.min(Math.ceil(wanted - 0.2), Math.floor(Math.sqrt(largestEnlarged / (width * height)))));
}

/**
 * Lengths for a picture of `width` x `height` pixels with faces of these boxes. Text is a share of the picture, since a
 * picture is looked at whole, bent towards the size of its faces: small in a crowd, large on a portrait.
 */
export function overlaySizes({
  width,
  height,
  boxes,
}: {
  width: number;
  height: number;
  boxes: readonly Box[];
}): OverlaySizes {
  // Near the longer side for wide and tall pictures alike, which viewers fit by it.
  const extent = Math.hypot(width, height) / Math.SQRT2;
  const widths = boxes.map((box) => box.width).sort((a, b) => a - b);
  const middle = widths[widths.length >> 1] ?? extent / 8;
  const wanted = clamp(middle * 0.17, Math.max(11, extent * 0.0135), Math.max(13, extent * 0.026));
  // A label of ten letters fits across the narrowest strip.
  const font = Math.min(wanted, Math.max(9, Math.min(width / 9, height / 5)));
  return {
    font,
    small: Math.min(font, Math.max(10, font * 0.8)),
    line: Math.max(1.25, Math.min(font / 6, extent / 280)),
  };
}

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
