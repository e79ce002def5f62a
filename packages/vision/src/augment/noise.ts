import type { Image } from "../image/image.ts";
import { inverseNormal } from "./inverse-normal.ts";
import type { Random } from "./random.ts";

const steps = 4096; // values of the normal distribution at equal steps of probability; the ends lie at 3.67 sigma
let quantiles: Float32Array | undefined;

/** Adds normal noise of its own to each sample; its standard deviation, in bytes, is drawn evenly from `sigma`. */
export function noise(
  image: Image,
  random: Random,
  { sigma: [low, high] = [0, 8] }: { sigma?: readonly [low: number, high: number] } = {},
): Image {
  quantiles ??= Float32Array.from({ length: steps }, (_, step) => inverseNormal((step + 0.5) / steps));
  const sigma = random.uniform(low, high);
  const data = new Uint8ClampedArray(image.data.length);
  // xorshift32 (Marsaglia 2003), seeded by one draw: a picture's noise needs speed more than quality; its low bits are the weakest
  let bits = random.bits() | 1;
  for (let at = 0; at < data.length; at++) {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    data[at] = image.data[at]! + sigma * quantiles[bits >>> 20]!;
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}
