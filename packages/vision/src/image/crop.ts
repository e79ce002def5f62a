import { errors } from "../errors.ts";
import { type Border, borderByte, borderIndex } from "./border.ts";
import { type Box, channelsOf, type Image } from "./image.ts";

const mostPixels = 500e6; // an array of three times as many bytes can still be had

/**
 * Cuts out a box, which may lie partly or wholly outside the picture; `border` fills what is outside. The box is
 * rounded to whole pixels and is at least one pixel wide and high.
 */
export function crop(image: Image, box: Box, { border = "replicate" }: { border?: Border } = {}): Image {
  const left = Math.round(box.x);
  const top = Math.round(box.y);
  const width = Math.max(1, Math.round(box.width));
  const height = Math.max(1, Math.round(box.height));
  if (!(Number.isSafeInteger(left + top) && width * height <= mostPixels)) {
    const expected = `a finite box of at most ${mostPixels} pixels`;
    throw errors["image-argument"]({ where: "crop", expected, received: JSON.stringify(box) });
  }
  const c = channelsOf(image.order);
  const fill = borderByte(border);
  const data = new Uint8Array(width * height * c);
  const insideFrom = Math.min(Math.max(left, 0), image.width);
  const insideTo = Math.max(insideFrom, Math.min(left + width, image.width));
  for (let y = 0; y < height; y++) {
    const rowOut = y * width * c;
    const isOutside = top + y < 0 || top + y >= image.height;
    if (isOutside && fill !== undefined) {
      data.fill(fill, rowOut, rowOut + width * c);
      continue;
    }
    const row = borderIndex(top + y, image.height, border) * image.width * c;
    const outside = (from: number, to: number) => {
      for (let x = from; x < to; x++) {
        const source = row + borderIndex(x, image.width, border) * c;
        for (let k = 0; k < c; k++) data[rowOut + (x - left) * c + k] = fill ?? image.data[source + k]!;
      }
    };
    if (insideTo === insideFrom) outside(left, left + width);
    else {
      data.set(image.data.subarray(row + insideFrom * c, row + insideTo * c), rowOut + (insideFrom - left) * c);
      outside(left, insideFrom);
      outside(insideTo, left + width);
    }
  }
  return { width, height, order: image.order, data };
}
