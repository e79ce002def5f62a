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
  const blurred = new Uint8Array(data.length);
  const margin = reach * c;
  const padded = new Float32Array(rowSamples + 2 * margin); // one row, blurred down the columns, with its ends repeated
  const column = padded.subarray(margin, margin + rowSamples);
  for (let y = 0; y < height; y++) {
    column.fill(0);
    for (let k = -reach; k <= reach; k++) {
      addRow(column, data, borderIndex(y + k, height, "replicate") * rowSamples, weights[k + reach]!);
    }
    for (let at = 0; at < margin; at++) {
      padded[at] = column[at % c]!;
      padded[margin + rowSamples + at] = column[rowSamples - c + (at % c)]!;
    }
    blurRow(padded, weights, c, blurred.subarray(y * rowSamples, (y + 1) * rowSamples));
  }
  return { width, height, order, data: blurred };
}

function addRow(sums: Float32Array, data: Uint8Array, from: number, weight: number): void {
  for (let x = 0; x < sums.length; x++) sums[x] = sums[x]! + weight * data[from + x]!;
}

function blurRow(padded: Float32Array, weights: Float32Array, c: number, to: Uint8Array): void {
  for (let x = 0; x < to.length; x++) {
    let value = 0.5; // to the nearest
    for (let k = 0, at = x; k < weights.length; k++, at += c) value += weights[k]! * padded[at]!;
    to[x] = value;
  }
}
