import { errors } from "../errors.ts";
import { channelsOf, type Image } from "./image.ts";

/** A filter's half width in source pixels at scale 1, and its weight at distance x from the centre. */
interface Filter {
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const cubic = -0.5; // R. Keys (1981); Pillow uses it too, OpenCV and torch -0.75

// Pillow 9.4, src/libImaging/Resample.c
const filters = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight: (x) => {
      const d = Math.abs(x);
      if (d < 1) return ((cubic + 2) * d - (cubic + 3)) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * cubic : 0;
    },
  },
  lanczos3: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} satisfies Record<string, Filter>;

/** How pixels are weighed: `nearest` takes one, the others average as Pillow's filters of the same names do. */
export type ResizeFilter = "nearest" | keyof typeof filters;

/** Names of all filters. */
export const resizeFilters = ["nearest", "box", "bilinear", "bicubic", "lanczos3"] as const satisfies ResizeFilter[];

/** Weights of one axis: output i is the sum over k < counts[i] of weights[i * stride + k] * source[starts[i] + k]. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

// 8 bits of value and 2 of headroom in a 32-bit sum, as in Pillow, whose bytes this gives exactly
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/**
 * Resamples to width x height pixels (whole numbers from 1), antialiased when shrinking: the filter widens with the
 * scale. Separable, in 22-bit fixed point; equal to `PIL.Image.resize` to the byte.
 */
export function resize(
  image: Image,
  { width, height, filter = "bilinear" }: { width: number; height: number; filter?: ResizeFilter },
): Image {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw errors["image-argument"]({
      where: "resize",
      expected: "whole numbers of pixels from 1",
      received: `${width} x ${height}`,
    });
  }
  if (width === image.width && height === image.height) return image;
  if (filter === "nearest") return resizeNearest(image, width, height);
  const narrow =
    width === image.width ? image : resizeColumns(image, width, tapsOf(image.width, width, filters[filter]));
  return height === narrow.height ? narrow : resizeRows(narrow, height, tapsOf(image.height, height, filters[filter]));
}

function resizeNearest(
  { width: fromWidth, height: fromHeight, order, data }: Image,
  width: number,
  height: number,
): Image {
  const c = channelsOf(order);
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * fromWidth) / width) * c);
  const resized = new Uint8Array(width * height * c);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * fromHeight) / height) * fromWidth * c;
    for (let x = 0; x < width; x++) {
      const from = row + columns[x]!;
      for (let k = 0; k < c; k++) resized[to++] = data[from + k]!;
    }
  }
  return { width, height, order, data: resized };
}

function tapsOf(from: number, to: number, { support, weight }: Filter): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const stride = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const row = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(from, Math.trunc(centre + reach + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      row[k] = weight((k + start - centre + 0.5) * (1 / stretch));
      sum += row[k]!;
    }
    for (let k = 0; k < count; k++) {
      const exact = (sum === 0 ? row[k]! : row[k]! / sum) * (1 << precisionBits);
      weights[i * stride + k] = Math.trunc(exact < 0 ? exact - 0.5 : exact + 0.5);
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}

// Each pass has a function for one row: called often, it is compiled within the first picture.

function resizeColumns({ width: fromWidth, height, order, data }: Image, width: number, taps: Taps): Image {
  const channels = channelsOf(order);
  // clamps what the negative lobes of a filter push over the ends
  const resized = new Uint8ClampedArray(width * height * channels);
  const row = order === "gray" ? grayRow : colorRow;
  for (let y = 0; y < height; y++) row(data, y * fromWidth, resized, y * width * channels, taps);
  return { width, height, order, data: new Uint8Array(resized.buffer) };
}

function grayRow(
  from: Uint8Array,
  start: number,
  to: Uint8ClampedArray,
  out: number,
  { starts, counts, weights, stride }: Taps,
): void {
  for (let x = 0; x < starts.length; x++) {
    let sum = half;
    let at = start + starts[x]!;
    const first = x * stride;
    const end = first + counts[x]!;
    for (let k = first; k < end; k++) sum = (sum + Math.imul(from[at++]!, weights[k]!)) | 0;
    to[out + x] = sum >> precisionBits;
  }
}

/** Two taps a turn: most of the time of the plain loop goes into counting. */
function colorRow(
  from: Uint8Array,
  start: number,
  to: Uint8ClampedArray,
  out: number,
  { starts, counts, weights, stride }: Taps,
): void {
  for (let x = 0, pixel = out; x < starts.length; x++, pixel += 3) {
    let a = half;
    let b = half;
    let c = half;
    let at = (start + starts[x]!) * 3;
    let k = x * stride;
    const end = k + counts[x]!;
    for (; k + 1 < end; k += 2, at += 6) {
      const first = weights[k]!;
      const second = weights[k + 1]!;
      a += from[at]! * first + from[at + 3]! * second;
      b += from[at + 1]! * first + from[at + 4]! * second;
      c += from[at + 2]! * first + from[at + 5]! * second;
    }
    if (k < end) {
      const last = weights[k]!;
      a += from[at]! * last;
      b += from[at + 1]! * last;
      c += from[at + 2]! * last;
    }
    to[pixel] = a >> precisionBits;
    to[pixel + 1] = b >> precisionBits;
    to[pixel + 2] = c >> precisionBits;
  }
}

/** Source rows that one pass over a row of the result adds; missing ones have the weight 0. */
const rowsAtOnce = 4;

function resizeRows({ width, order, data }: Image, height: number, { starts, counts, weights, stride }: Taps): Image {
  const rowBytes = width * channelsOf(order);
  const resized = new Uint8ClampedArray(rowBytes * height);
  const sums = new Int32Array(rowBytes);
  const rows = new Int32Array(rowsAtOnce);
  const rowWeights = new Int32Array(rowsAtOnce);
  for (let y = 0; y < height; y++) {
    if (counts[y]! <= 2) {
      // enlarging by the bilinear filter: each row lies between two
      const from = starts[y]! * rowBytes;
      const first = y * stride;
      const to = resized.subarray(y * rowBytes, (y + 1) * rowBytes);
      if (counts[y] === 1) mixRows(data, from, from, weights[first]!, 0, to);
      else mixRows(data, from, from + rowBytes, weights[first]!, weights[first + 1]!, to);
      continue;
    }
    sums.fill(half);
    for (let tap = 0; tap < counts[y]!; tap += rowsAtOnce) {
      for (let k = 0; k < rowsAtOnce; k++) {
        const isThere = tap + k < counts[y]!;
        rows[k] = (isThere ? starts[y]! + tap + k : starts[y]!) * rowBytes;
        rowWeights[k] = isThere ? weights[y * stride + tap + k]! : 0;
      }
      addRows(data, sums, rows, rowWeights);
    }
    writeRow(sums, resized, y * rowBytes);
  }
  return { width, height, order, data: new Uint8Array(resized.buffer) };
}

function mixRows(
  data: Uint8Array,
  rowA: number,
  rowB: number,
  weightA: number,
  weightB: number,
  to: Uint8ClampedArray,
): void {
  for (let x = 0; x < to.length; x++) {
    to[x] = (half + Math.imul(data[rowA + x]!, weightA) + Math.imul(data[rowB + x]!, weightB)) >> precisionBits;
  }
}

function addRows(data: Uint8Array, sums: Int32Array, rows: Int32Array, weights: Int32Array): void {
  const [rowA, rowB, rowC, rowD] = [rows[0]!, rows[1]!, rows[2]!, rows[3]!];
  const [weightA, weightB, weightC, weightD] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!];
  for (let x = 0; x < sums.length; x++) {
    const upper = Math.imul(data[rowA + x]!, weightA) + Math.imul(data[rowB + x]!, weightB);
    const lower = Math.imul(data[rowC + x]!, weightC) + Math.imul(data[rowD + x]!, weightD);
    sums[x] = sums[x]! + upper + lower;
  }
}

function writeRow(sums: Int32Array, to: Uint8ClampedArray, start: number): void {
  for (let x = 0; x < sums.length; x++) to[start + x] = sums[x]! >> precisionBits;
}
