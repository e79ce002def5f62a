import { borderIndex } from "../image/border.ts";
import { channelsOf, type Image } from "../image/image.ts";
import type { Random } from "./random.ts";

/** Gaussian blur whose standard deviation, in pixels, is drawn evenly from `sigma`. */
export const blur = (
  image: Image,
  random: Random,
  { sigma: [low, high] = [0.1, 2] }: { sigma?: readonly [low: number, high: number] } = {},
): Image => gaussianBlur(image, random.uniform(low, high));

/** Gaussian blur cut at 3 sigma; beyond the edge the edge pixel is repeated. Sigma 0 changes nothing. */
export function gaussianBlur(image: Image, sigma: number): Image {
  const reach = Math.ceil(3 * sigma);
  if (!(reach > 0)) return image;
  const raw = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = raw.map((weight) => weight / sum);

  const { width, height, order, data } = image;
  const c = channelsOf(order);
  const rowSamples = width * c;
  const columns = new Float32Array(data.length); // blurred down the columns, not yet along the rows
  for (let y = 0; y < height; y++) {
    const to = y * rowSamples;
    for (let k = -reach; k <= reach; k++) {
      const from = borderIndex(y + k, height, "replicate") * rowSamples;
      const weight = weights[k + reach]!;
      for (let x = 0; x < rowSamples; x++) columns[to + x] = columns[to + x]! + weight * data[from + x]!;
    }
  }
  const blurred = new Uint8Array(data.length);
  const padded = new Float32Array((width + 2 * reach) * c);
  for (let y = 0; y < height; y++) {
    const row = y * rowSamples;
    for (let x = -reach; x < width + reach; x++) {
      const from = row + borderIndex(x, width, "replicate") * c;
      for (let k = 0; k < c; k++) padded[(x + reach) * c + k] = columns[from + k]!;
    }
    for (let x = 0; x < rowSamples; x++) {
      let value = 0.5; // to the nearest
      for (let k = 0; k < weights.length; k++) value += weights[k]! * padded[x + k * c]!;
      blurred[row + x] = value;
    }
  }
  return { width, height, order, data: blurred };
}
