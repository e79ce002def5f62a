import { channelsOf, type Image } from "../image.ts";
import { half, precisionBits, type Taps } from "./resize-taps.ts";

/** Resamples along rows, then over them, in JavaScript: where SIMD is refused, and what its tests compare with. */
export function resizeScalar(image: Image, columns: Taps, rows: Taps): Image {
  const [width, height] = [columns.starts.length, rows.starts.length];
  const narrow = width === image.width ? image : resizeColumns(image, width, columns);
  return height === narrow.height ? narrow : resizeRows(narrow, height, rows);
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
