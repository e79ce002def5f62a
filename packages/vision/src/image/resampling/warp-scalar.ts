import type { Affine, Bounds } from "../affine.ts";
import { type Border, borderByte, borderIndex } from "../border.ts";
import { channelsOf, type Image } from "../image.ts";

/** Means over block x block pixels, within bounds that count blocks; those at the right and lower edge may be cut. */
export function averageBlocksScalar(
  { width, height, data, order }: Image,
  block: number,
  { left, top, right, bottom }: Bounds,
): Image {
  const c = channelsOf(order);
  const rowSamples = (right - left) * c;
  const averaged = new Uint8Array(rowSamples * (bottom - top));
  const sums = new Uint32Array(rowSamples);
  const addRow = c === 1 ? addGrayRow : addColorRow;
  // the block at the right edge is cut
  const whole = Math.min(right, Math.floor(width / block)) - left;
  for (let row = top; row < bottom; row++) {
    sums.fill(0);
    const firstY = row * block;
    const lastY = Math.min(firstY + block, height);
    for (let y = firstY; y < lastY; y++) {
      const from = (y * width + left * block) * c;
      addRow(data, from, block, sums, 0, whole * c);
      if (whole < right - left) addRow(data, from + whole * block * c, width % block, sums, whole * c, rowSamples);
    }
    const to = (row - top) * rowSamples;
    writeMeans(sums, 0, whole * c, block * (lastY - firstY), averaged, to);
    writeMeans(sums, whole * c, rowSamples, (width % block) * (lastY - firstY), averaged, to);
  }
  return { width: right - left, height: bottom - top, order, data: averaged };
}

// Functions of their own for a row: called often, they are compiled within the first picture.

/** Adds a row of pixels to the sums of their blocks, from one sum up to another. */
function addGrayRow(
  bytes: Uint8Array,
  from: number,
  block: number,
  sums: Uint32Array,
  first: number,
  end: number,
): void {
  for (let at = first, pixel = from; at < end; at++) {
    let sum = sums[at]!;
    for (const last = pixel + block; pixel < last; pixel++) sum += bytes[pixel]!;
    sums[at] = sum;
  }
}

function addColorRow(
  bytes: Uint8Array,
  from: number,
  block: number,
  sums: Uint32Array,
  first: number,
  end: number,
): void {
  for (let at = first, pixel = from; at < end; at += 3) {
    let a = 0;
    let b = 0;
    let c = 0;
    for (const last = pixel + 3 * block; pixel < last; pixel += 3) {
      a += bytes[pixel]!;
      b += bytes[pixel + 1]!;
      c += bytes[pixel + 2]!;
    }
    sums[at] = sums[at]! + a;
    sums[at + 1] = sums[at + 1]! + b;
    sums[at + 2] = sums[at + 2]! + c;
  }
}

function writeMeans(sums: Uint32Array, first: number, end: number, count: number, to: Uint8Array, start: number): void {
  for (let at = first; at < end; at++) to[start + at] = sums[at]! / count + 0.5;
}

/** As OpenCV's INTER_LINEAR: 2048 steps between two pixels. */
export const weightBits = 11;
const one = 1 << weightBits;
/** Half of a product of two weights: rounds a sum whose bits behind the point are dropped. */
export const halfUnit = 1 << (2 * weightBits - 1);

/** A picture's size, and what lies around the picture that it is sampled from. */
export interface Sampling {
  readonly width: number;
  readonly height: number;
  readonly border: Border;
}

/** Samples with bilinear weights; `matrix` takes output to input positions. */
export function sampleScalar(image: Image, matrix: Affine, { width, height, border }: Sampling): Image {
  const c = channelsOf(image.order);
  const data = new Uint8Array(width * height * c);
  for (let row = 0; row < height; row++) sampleRow(image, c, matrix, border, row, data, row * width * c, width);
  return { width, height, order: image.order, data };
}

function sampleRow(
  image: Image,
  c: number,
  [a, b, offsetX, d, e, offsetY]: Affine,
  border: Border,
  row: number,
  sampled: Uint8Array,
  start: number,
  columns: number,
): void {
  const { width: w, height: h, data } = image;
  let to = start;
  for (let column = 0; column < columns; column++) {
    // input position, moved so that pixel i has its centre at i
    const x = a * (column + 0.5) + b * (row + 0.5) + offsetX - 0.5;
    const y = d * (column + 0.5) + e * (row + 0.5) + offsetY - 0.5;
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const u = ((x - x0) * one + 0.5) | 0;
    const v = ((y - y0) * one + 0.5) | 0;
    const weight11 = u * v;
    const weight10 = (one - u) * v;
    const weight01 = u * (one - v);
    const weight00 = (one - u) * (one - v);
    if (x0 >= 0 && y0 >= 0 && x0 + 1 < w && y0 + 1 < h) {
      const from = (y0 * w + x0) * c;
      const below = from + w * c;
      for (let k = 0; k < c; k++) {
        const top = Math.imul(data[from + k]!, weight00) + Math.imul(data[from + c + k]!, weight01);
        const low = Math.imul(data[below + k]!, weight10) + Math.imul(data[below + c + k]!, weight11);
        sampled[to + k] = (top + low + halfUnit) >> (2 * weightBits);
      }
      to += c;
      continue;
    }
    for (let k = 0; k < c; k++) {
      const top =
        sampleAt(image, c, x0, y0, k, border) * weight00 + sampleAt(image, c, x0 + 1, y0, k, border) * weight01;
      const below =
        sampleAt(image, c, x0, y0 + 1, k, border) * weight10 + sampleAt(image, c, x0 + 1, y0 + 1, k, border) * weight11;
      sampled[to++] = (top + below + halfUnit) >> (2 * weightBits);
    }
  }
}

/** A byte of the picture, or what stands for it beyond the edge. */
function sampleAt({ width, height, data }: Image, c: number, x: number, y: number, k: number, border: Border): number {
  const fill = x < 0 || y < 0 || x >= width || y >= height ? borderByte(border) : undefined;
  return fill ?? data[(borderIndex(y, height, border) * width + borderIndex(x, width, border)) * c + k]!;
}
