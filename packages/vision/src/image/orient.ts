import type { Orientation } from "./headers/header.ts";
import { channelsOf, type Image } from "./image.ts";

/**
 * Turns stored pixels upright. For each EXIF orientation (2.32, section 4.6.4) the upright pixel (x, y) lies at
 * origin + x * column step + y * row step of the stored grid; 5 to 8 exchange width and height.
 */
export function orient(image: Image, orientation: Orientation): Image {
  if (orientation === 1) return image;
  const { width: w, height: h, data, order } = image;
  const c = channelsOf(order);
  const right = w - 1;
  const bottom = (h - 1) * w;
  const steps: Readonly<Record<Orientation, readonly [origin: number, column: number, row: number]>> = {
    1: [0, 1, w],
    2: [right, -1, w],
    3: [bottom + right, -1, -w],
    4: [bottom, 1, -w],
    5: [0, w, 1],
    6: [bottom, -w, 1],
    7: [bottom + right, -w, -1],
    8: [right, w, -1],
  };
  const [origin, columnStep, rowStep] = steps[orientation];
  const swapped = orientation >= 5;
  const width = swapped ? h : w;
  const height = swapped ? w : h;
  const upright = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = (origin + y * rowStep) * c;
    for (let x = 0; x < width; x++, from += columnStep * c) {
      for (let k = 0; k < c; k++) upright[to++] = data[from + k]!;
    }
  }
  return { width, height, order, data: upright };
}
