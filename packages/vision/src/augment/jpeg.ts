import { channelsOf, type Image } from "../image/image.ts";
import { degradeBlocks, quantizationTable } from "./jpeg-blocks.ts";
import type { Random } from "./random.ts";
import { scratch } from "./scratch.ts";

/** Damage as by saving as JPEG with a quality drawn evenly from `quality` (whole numbers, 1 to 100). */
export const jpeg = (
  image: Image,
  random: Random,
  { quality: [low, high] = [30, 95] }: { quality?: readonly [low: number, high: number] } = {},
): Image => degradeByJpeg(image, low + random.integer(high - low + 1));

/**
 * What a baseline JPEG of this quality would give back: YCbCr, colour at half the resolution (4:2:0), 8 x 8 cosine
 * transform, quantisation with the tables of ITU-T T.81 annex K scaled as libjpeg does. Synchronous, no file is made.
 */
export function degradeByJpeg(image: Image, quality: number): Image {
  const { width, height, order, data } = image;
  const luminance = quantizationTable("luminance", quality);
  if (channelsOf(order) === 1) {
    const plane = Float32Array.from(data);
    degradeBlocks(plane, { width, height, table: luminance });
    return { ...image, data: new Uint8Array(Uint8ClampedArray.from(plane).buffer) };
  }
  const chrominance = quantizationTable("chrominance", quality);
  const [red, blue] = order === "rgb" ? [0, 2] : [2, 0];
  const [y, cb, cr] = [0, 1, 2].map((plane) => scratch(`jpeg ${plane}`, width * height)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0, at = 0; i < y.length; i++, at += 3) {
    const r = data[at + red]!;
    const g = data[at + 1]!;
    const b = data[at + blue]!;
    // JFIF 1.02: ITU-R BT.601, full range
    y[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    cb[i] = -0.168736 * r - 0.331264 * g + 0.5 * b + 128;
    cr[i] = 0.5 * r - 0.418688 * g - 0.081312 * b + 128;
  }
  degradeBlocks(y, { width, height, table: luminance });
  const small = { width: Math.ceil(width / 2), height: Math.ceil(height / 2), table: chrominance };
  for (const plane of [cb, cr]) {
    const halved = halve(plane, width, height);
    degradeBlocks(halved, small);
    double(halved, width, height, plane);
  }
  const degraded = new Uint8ClampedArray(data.length); // rounds and holds in 0 to 255
  for (let i = 0, at = 0; i < y.length; i++, at += 3) {
    const u = cb[i]! - 128;
    const v = cr[i]! - 128;
    degraded[at + red] = y[i]! + 1.402 * v;
    degraded[at + 1] = y[i]! - 0.344136 * u - 0.714136 * v;
    degraded[at + blue] = y[i]! + 1.772 * u;
  }
  return { ...image, data: new Uint8Array(degraded.buffer) };
}

/** Means over 2 x 2 samples; the last row and column are repeated where a side is odd. */
function halve(plane: Float32Array, width: number, height: number): Float32Array {
  const halfWidth = Math.ceil(width / 2);
  const halved = new Float32Array(halfWidth * Math.ceil(height / 2));
  for (let y = 0, i = 0; y < height; y += 2) {
    const row = y * width;
    const below = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x += 2, i++) {
      const right = Math.min(x + 1, width - 1);
      halved[i] = (plane[row + x]! + plane[row + right]! + plane[below + x]! + plane[below + right]!) / 4;
    }
  }
  return halved;
}

/** Writes a halved plane at full size, each sample 3/4 its own and 1/4 its neighbour's along x and y, as libjpeg's "fancy upsampling". */
function double(halved: Float32Array, width: number, height: number, doubled: Float32Array): void {
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  for (let y = 0, i = 0; y < height; y++) {
    const own = (y >> 1) * halfWidth;
    const other = Math.min(Math.max((y >> 1) + (y % 2 ? 1 : -1), 0), halfHeight - 1) * halfWidth;
    for (let x = 0; x < width; x++, i++) {
      const column = x >> 1;
      const next = Math.min(Math.max(column + (x % 2 ? 1 : -1), 0), halfWidth - 1);
      const atColumn = 3 * halved[own + column]! + halved[other + column]!;
      const atNext = 3 * halved[own + next]! + halved[other + next]!;
      doubled[i] = (3 * atColumn + atNext) / 16;
    }
  }
}
