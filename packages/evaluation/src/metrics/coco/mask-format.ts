import { errors } from "../../errors.ts";
import { checkMask, type Mask } from "./run-length.ts";

type Size = Pick<Mask, "height" | "width">;

/** Mask of pixels [height * width], row by row, set where not 0. */
export function maskFromPixels(pixels: ArrayLike<number>, { height, width }: Size): Mask {
  if (pixels.length !== height * width) {
    throw errors["bad-mask"]({
      where: "pixels",
      expected: `${height} * ${width} pixels`,
      received: `${pixels.length} pixels`,
    });
  }
  const runs: number[] = [];
  let [isSet, length] = [false, 0];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if ((pixels[y * width + x] !== 0) !== isSet) {
        runs.push(length);
        [isSet, length] = [!isSet, 0];
      }
      length++;
    }
  }
  return { height, width, runs: [...runs, length] };
}

/** Pixels [height * width] of a mask, row by row, 0 or 1. */
export function maskPixels({ height, width, runs }: Mask): Uint8Array {
  const pixels = new Uint8Array(height * width);
  let at = 0;
  for (let i = 0; i < runs.length; i++) {
    for (const end = at + runs[i]!; at < end; at++)
      if (i % 2 === 1) pixels[(at % height) * width + Math.floor(at / height)] = 1;
  }
  return pixels;
}

/**
 * Mask of COCO's text: each number as groups of 5 bits, lowest first, a character of code 48 + group (+ 32 if more
 * follow), its highest bit the sign; from the fourth run on the number is the difference to the run two before.
 * `where` names it in errors.
 */
export function maskFromText(text: string, { height, width }: Size, where = "run text"): Mask {
  const runs: number[] = [];
  let [value, shift] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const group = text.charCodeAt(i) - 48;
    if (!(group >= 0 && group < 64) || shift > 30) {
      throw errors["bad-mask"]({
        where: `${where}, character ${i}`,
        expected: "run text of COCO",
        received: JSON.stringify(text[i]),
      });
    }
    value += (group & 31) * 2 ** shift;
    shift += 5;
    if ((group & 32) !== 0) continue;
    if ((group & 16) !== 0) value -= 2 ** shift;
    runs.push(runs.length > 2 ? value + runs.at(-2)! : value);
    [value, shift] = [0, 0];
  }
  const mask = { height, width, runs };
  checkMask(mask, where);
  return mask;
}

/** COCO's text of a mask, see `maskFromText`. */
export function maskText({ runs }: Mask): string {
  let text = "";
  for (let i = 0; i < runs.length; i++) {
    let value = runs[i]! - (i > 2 ? runs[i - 2]! : 0);
    for (let hasMore = true; hasMore; ) {
      const group = value & 31;
      value >>= 5;
      hasMore = (group & 16) !== 0 ? value !== -1 : value !== 0;
      text += String.fromCharCode(48 + group + (hasMore ? 32 : 0));
    }
  }
  return text;
}
