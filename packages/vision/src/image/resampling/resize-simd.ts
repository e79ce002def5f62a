import { channelsOf, type Image } from "../image.ts";
import { lowBits, pairBytes, type ResizeKernels, rowsAtOnce, tapsAtOnce } from "./resize-kernels.ts";
import type { Taps } from "./resize-taps.ts";
import { claimMemory } from "./wasm-host.ts";

/** Bytes of source, and of rows between the passes, that are in wasm's memory at a time: what a core's cache holds. */
const bandBytes = 1 << 17;
/** Wasm's memory never shrinks, so no more than this stands between the passes. */
const maxBetweenBytes = 1 << 26;

/** Whether the rows between the passes that one row of the result needs are few enough for wasm's memory. */
export function fitsMemory({ order }: Image, columns: Taps, rows: Taps): boolean {
  return (mostTaps(rows) + rowsAtOnce) * pitchOf(columns.starts.length * channelsOf(order)) <= maxBetweenBytes;
}

/**
 * Resamples along rows, then over them, with the bytes of `resizeScalar`. Goes by bands of rows, so that memory holds
 * little: the rows between the passes that one row of the result needs, or `bandBytes` where that is more.
 */
export function resizeSimd(kernels: ResizeKernels, image: Image, columns: Taps, rows: Taps): Image {
  const channels = channelsOf(image.order);
  const [width, height] = [columns.starts.length, rows.starts.length];
  const isWidthKept = width === image.width;
  const fromBytes = image.width * channels;
  const rowBytes = width * channels;
  const pitch = isWidthKept ? rowBytes : pitchOf(rowBytes);
  const columnPairs = packPairs(columns, tapsAtOnce);
  const rowPairs = packPairs(rows, 2);
  const bands = bandsOf(rows, pitch);
  const sourceRows = rowsAtOnce * Math.max(1, Math.floor(bandBytes / fromBytes / rowsAtOnce));

  const { bytes: memory, starts: at } = claimMemory(kernels.memory, {
    starts: width * 4,
    columnWeights: columnPairs.data.byteLength,
    rowWeights: rowPairs.data.byteLength,
    source: sourceRows * fromBytes + columnPairs.taps * channels, // taps of weight 0 may lie behind the last row
    between: (most(bands, ({ from, fromEnd }) => fromEnd - from) + rowsAtOnce) * pitch,
    result: most(bands, ({ to, toEnd }) => toEnd - to) * rowBytes,
  });
  new Int32Array(memory.buffer, at.starts, width).set(columns.starts.map((start) => start * channels));
  memory.set(columnPairs.data, at.columnWeights);
  memory.set(rowPairs.data, at.rowWeights);
  const startsEnd = at.starts + width * 4;
  const along = channels === 1 ? kernels.alongGray : kernels.alongColor;
  /** Writes rows of the source, resized along, from `to` on. */
  const narrow = (firstRow: number, endRow: number, to: number) => {
    const pixels = image.data.subarray(firstRow * fromBytes, endRow * fromBytes);
    memory.set(pixels, isWidthKept ? to : at.source);
    if (isWidthKept) return;
    for (let row = 0; row < endRow - firstRow; row += rowsAtOnce) {
      const from = at.source + row * fromBytes;
      along(from, fromBytes, to + row * pitch, pitch, at.starts, startsEnd, at.columnWeights, columnPairs.bytes);
    }
  };

  const data = new Uint8Array(rowBytes * height);
  let [first, last] = [0, 0]; // the source's rows that stand between the passes
  for (const { from, fromEnd, to, toEnd } of bands) {
    memory.copyWithin(at.between, at.between + (from - first) * pitch, at.between + (last - first) * pitch);
    first = from;
    last = Math.max(last, from);
    while (last < fromEnd) {
      const next = Math.min(last + sourceRows, fromEnd);
      narrow(last, next, at.between + (last - first) * pitch);
      last = next;
    }
    for (let y = to; y < toEnd; y++) {
      const source = at.between + (rows.starts[y]! - first) * pitch;
      const result = at.result + (y - to) * rowBytes;
      const weights = at.rowWeights + y * rowPairs.bytes;
      const weightsEnd = weights + Math.ceil(rows.counts[y]! / 2) * pairBytes;
      kernels.over(source, pitch, result, result + rowBytes, weights, weightsEnd);
    }
    data.set(memory.subarray(at.result, at.result + (toEnd - to) * rowBytes), to * rowBytes);
  }
  return { width, height, order: image.order, data };
}

/** From one row between the passes to the next: the last pixel is written with a byte behind it. */
const pitchOf = (rowBytes: number) => Math.ceil((rowBytes + 1) / 16) * 16;
const most = <T>(items: readonly T[], sizeOf: (item: T) => number) =>
  items.reduce((largest, item) => Math.max(largest, sizeOf(item)), 0);
const mostTaps = ({ counts }: Taps) => counts.reduce((largest, count) => Math.max(largest, count), 0);

/** Rows of the result, `to` up to `toEnd`, and the source's rows that they need. */
interface Band {
  readonly to: number;
  readonly toEnd: number;
  readonly from: number;
  readonly fromEnd: number;
}

function bandsOf({ starts, counts }: Taps, pitch: number): Band[] {
  const bands: Band[] = [];
  const height = starts.length;
  for (let to = 0, toEnd = 1; to < height; to = toEnd++) {
    const from = starts[to]!;
    const isRoom = (y: number) => (starts[y]! + counts[y]! - from + y + 1 - to) * pitch <= bandBytes;
    while (toEnd < height && isRoom(toEnd)) toEnd++;
    bands.push({ to, toEnd, from, fromEnd: starts[toEnd - 1]! + counts[toEnd - 1]! });
  }
  return bands;
}

/** Weights as the kernels read them: for each output `taps`, a multiple of `multiple`, of which the last are 0; in `bytes`. */
function packPairs(taps: Taps, multiple: number) {
  const { counts, weights, stride } = taps;
  const padded = Math.ceil(mostTaps(taps) / multiple) * multiple;
  const packed = new Int16Array(counts.length * padded * 2);
  for (let i = 0; i < counts.length; i++) {
    for (let k = 0; k < counts[i]!; k++) {
      const weight = weights[i * stride + k]!;
      const at = (i * padded + k - (k % 2)) * 2 + (k % 2);
      packed[at] = weight >> lowBits;
      packed[at + 2] = weight & ((1 << lowBits) - 1);
    }
  }
  return { data: new Uint8Array(packed.buffer), taps: padded, bytes: (padded / 2) * pairBytes };
}
