import { type Affine, type Bounds, boundsUnder } from "../affine.ts";
import { borderByte, borderIndex } from "../border.ts";
import { channelsOf, type Image } from "../image.ts";
import { placeBytes, type WarpKernels } from "./warp-kernels.ts";
import type { Sampling } from "./warp-scalar.ts";
import { claimMemory } from "./wasm-host.ts";

/** Rows of a block whose sum fits 16 bits. */
export const maxBlock = 256;
/** Wasm's memory never shrinks, so no more pixels than these bytes are held in it. */
const maxRegionBytes = 1 << 26;

/** `averageBlocksScalar`, for blocks up to `maxBlock`. */
export function averageBlocksSimd(
  kernels: WarpKernels,
  { width, height, data, order }: Image,
  block: number,
  { left, top, right, bottom }: Bounds,
): Image {
  const channels = channelsOf(order);
  const rowBytes = (right - left) * channels;
  const fromLeft = left * block * channels;
  const fromBytes = Math.min(right * block, width) * channels - fromLeft;
  const wholeColumns = Math.min(right, Math.floor(width / block)) - left;
  const wholeBytes = wholeColumns * channels;
  const { bytes: memory, starts: at } = claimMemory(kernels.memory, {
    source: fromBytes,
    sums: (fromBytes + 16) * 2,
    result: rowBytes,
  });
  const writeMeans = channels === 1 ? kernels.meansGray : kernels.meansColor;
  const averaged = new Uint8Array(rowBytes * (bottom - top));
  for (let row = top; row < bottom; row++) {
    const firstY = row * block;
    const rows = Math.min(block, height - firstY);
    memory.fill(0, at.sums, at.sums + fromBytes * 2);
    for (let y = firstY; y < firstY + rows; y++) {
      const from = y * width * channels + fromLeft;
      memory.set(data.subarray(from, from + fromBytes), at.source);
      kernels.addBytes(at.source, at.sums, at.sums + fromBytes * 2);
    }
    /** Means of blocks of `size` columns, from one byte of the result up to another. */
    const average = (size: number, first: number, end: number) => {
      if (first === end) return;
      const sums = at.sums + first * block * 2;
      writeMeans(sums, size * channels * 2, size * rows, at.result + first, at.result + end);
    };
    average(block, 0, wholeBytes);
    average(width % block, wholeBytes, rowBytes); // cut by the right edge
    averaged.set(memory.subarray(at.result, at.result + rowBytes), (row - top) * rowBytes);
  }
  return { width: right - left, height: bottom - top, order, data: averaged };
}

/** The input's pixels that an output needs, also beyond the edges, with a margin for rounding. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function regionOf(matrix: Affine, { width, height }: Sampling): Region {
  const bounds = boundsUnder(matrix, { width, height });
  const left = Math.floor(bounds.left) - 2;
  const top = Math.floor(bounds.top) - 2;
  return { left, top, width: Math.ceil(bounds.right) + 2 - left, height: Math.ceil(bounds.bottom) + 2 - top };
}

/** Whether positions are whole numbers of 32 bits, and the pixels at them few enough for wasm's memory. */
export function fitsRegion({ order }: Image, matrix: Affine, sampling: Sampling): boolean {
  const { left, top, width, height } = regionOf(matrix, sampling);
  const isNear = [left, top, left + width, top + height].every((position) => Math.abs(position) < 1 << 30);
  return isNear && width * height * channelsOf(order) <= maxRegionBytes;
}

/** `sampleScalar`, where `fitsRegion`. */
export function sampleSimd(kernels: WarpKernels, image: Image, matrix: Affine, sampling: Sampling): Image {
  const { width, height } = sampling;
  const channels = channelsOf(image.order);
  const region = regionOf(matrix, sampling);
  const pitch = region.width * channels;
  const rowBytes = width * channels;
  const { bytes: memory, starts: at } = claimMemory(kernels.memory, {
    place: placeBytes,
    source: pitch * region.height,
    result: rowBytes,
  });
  copyRegion(image, region, sampling, memory.subarray(at.source, at.source + pitch * region.height));
  const [a, b, offsetX, d, e, offsetY] = matrix;
  const place = new Float64Array(memory.buffer, at.place, 6);
  place.set([a, d, 0, 0, offsetX, offsetY]);
  new Int32Array(memory.buffer, at.place + 48, 4).set([region.left, region.top, 0, 0]);
  const sampleRow = channels === 1 ? kernels.sampleGray : kernels.sampleColor;
  const data = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row++) {
    place[2] = b * (row + 0.5);
    place[3] = e * (row + 0.5);
    sampleRow(at.source, pitch, at.result, at.result + rowBytes, at.place);
    data.set(memory.subarray(at.result, at.result + rowBytes), row * rowBytes);
  }
  return { width, height, order: image.order, data };
}

/** Writes the region's rows, with what stands for pixels beyond the edges. */
function copyRegion({ width, height, order, data }: Image, region: Region, { border }: Sampling, to: Uint8Array): void {
  const channels = channelsOf(order);
  const fill = borderByte(border);
  const clamp = (column: number) => Math.min(Math.max(column, 0), region.width);
  const [first, end] = [clamp(-region.left), clamp(width - region.left)]; // the region's columns within the picture
  if (fill !== undefined) to.fill(fill);
  for (let row = 0; row < region.height; row++) {
    const y = region.top + row;
    if (fill !== undefined && (y < 0 || y >= height)) continue;
    const source = borderIndex(y, height, border) * width;
    const target = row * region.width;
    const from = source + region.left + first;
    if (first < end)
      to.set(data.subarray(from * channels, (from + end - first) * channels), (target + first) * channels);
    if (fill !== undefined) continue;
    const copyBeyond = (firstColumn: number, endColumn: number) => {
      for (let column = firstColumn; column < endColumn; column++) {
        const pixel = source + borderIndex(region.left + column, width, border);
        for (let k = 0; k < channels; k++) to[(target + column) * channels + k] = data[pixel * channels + k]!;
      }
    };
    copyBeyond(0, first);
    copyBeyond(end, region.width);
  }
}
