import { errors } from "../errors.ts";
import { type Affine, applyAffine, composeAffine } from "./affine.ts";
import { type Border, borderByte, borderIndex } from "./border.ts";
import { channelsOf, type Image, type Point } from "./image.ts";

/** From this shrinking on the picture is averaged over whole blocks first; below it bilinear sampling skips little. */
const prefilterFrom = 1.5;

/**
 * Samples a picture along an affine map with bilinear weights. `matrix` takes OUTPUT to INPUT positions, both with the
 * centre of the first pixel at (0.5, 0.5). Where the map shrinks by 1.5 or more (square root of its determinant), the
 * input is first averaged over blocks of round(shrink) pixels a side, so that the sampling itself shrinks by 0.75 to 1.25;
 * maps that shrink one axis much more than the other alias along it.
 */
export function warpAffine(
  image: Image,
  matrix: Affine,
  { width, height, border = "replicate" }: { width: number; height: number; border?: Border },
): Image {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw errors["image-argument"]({
      where: "warpAffine",
      expected: "whole numbers of pixels from 1",
      received: `${width} x ${height}`,
    });
  }
  if (!matrix.every(Number.isFinite)) {
    throw errors["transform-degenerate"]({
      where: "warpAffine",
      expected: "six finite numbers",
      received: `[${matrix.join(", ")}]`,
    });
  }
  const [a, b, , d, e] = matrix;
  const shrink = Math.sqrt(Math.abs(a * e - b * d));
  if (shrink < prefilterFrom) return sample(image, matrix, width, height, border);
  const block = Math.round(shrink);
  const reduced = averageBlocks(image, block, boundsOf(matrix, width, height), border);
  const toReduced: Affine = [1 / block, 0, -reduced.left, 0, 1 / block, -reduced.top];
  return sample(reduced.image, composeAffine(matrix, toReduced), width, height, border);
}

/** Left, top, right and bottom of the output's corners in input pixels. */
function boundsOf(matrix: Affine, width: number, height: number) {
  const corners: Point[] = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ];
  const moved = applyAffine(matrix, corners);
  const xs = moved.map(([x]) => x);
  const ys = moved.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Means over block x block pixels of the part of the picture that is needed; left and top count blocks. */
function averageBlocks(image: Image, block: number, bounds: ReturnType<typeof boundsOf>, border: Border) {
  const { width, height, data, order } = image;
  const c = channelsOf(order);
  const columns = Math.ceil(width / block);
  const rows = Math.ceil(height / block);
  // two blocks of margin for the bilinear neighbours; a mirrored border may show any part
  const needed = border === "mirror" ? { left: 0, top: 0, right: width, bottom: height } : bounds;
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const left = clamp(Math.floor(needed.left / block) - 2, 0, columns - 1);
  const top = clamp(Math.floor(needed.top / block) - 2, 0, rows - 1);
  const right = clamp(Math.ceil(needed.right / block) + 2, left + 1, columns);
  const bottom = clamp(Math.ceil(needed.bottom / block) + 2, top + 1, rows);

  const rowSamples = (right - left) * c;
  const averaged = new Uint8Array(rowSamples * (bottom - top));
  const sums = new Uint32Array(rowSamples);
  for (let row = top; row < bottom; row++) {
    sums.fill(0);
    const lastY = Math.min((row + 1) * block, height);
    for (let y = row * block; y < lastY; y++) {
      let from = (y * width + left * block) * c;
      for (let column = left; column < right; column++) {
        const count = Math.min(block, width - column * block);
        const at = (column - left) * c;
        for (let x = 0; x < count; x++) for (let k = 0; k < c; k++) sums[at + k] = sums[at + k]! + data[from++]!;
      }
    }
    const to = (row - top) * rowSamples;
    for (let column = left; column < right; column++) {
      const count = Math.min(block, width - column * block) * (lastY - row * block); // blocks at the edge are cut
      const at = (column - left) * c;
      for (let k = 0; k < c; k++) averaged[to + at + k] = sums[at + k]! / count + 0.5;
    }
  }
  const reduced: Image = { width: right - left, height: bottom - top, order, data: averaged };
  return { image: reduced, left, top };
}

const weightBits = 11; // as OpenCV's INTER_LINEAR: 2048 steps between two pixels
const one = 1 << weightBits;
const halfUnit = 1 << (2 * weightBits - 1);

function sample(image: Image, matrix: Affine, width: number, height: number, border: Border): Image {
  const { width: w, height: h, data, order } = image;
  const c = channelsOf(order);
  const fill = borderByte(border);
  const [a, b, offsetX, d, e, offsetY] = matrix;
  const sampled = new Uint8Array(width * height * c);
  const at = (x: number, y: number, k: number) =>
    fill !== undefined && (x < 0 || y < 0 || x >= w || y >= h)
      ? fill
      : data[(borderIndex(y, h, border) * w + borderIndex(x, w, border)) * c + k]!;
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
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
        let from = (y0 * w + x0) * c;
        for (let k = 0; k < c; k++, from++) {
          const below = from + w * c;
          const top = data[from]! * weight00 + data[from + c]! * weight01;
          sampled[to++] = (top + data[below]! * weight10 + data[below + c]! * weight11 + halfUnit) >> (2 * weightBits);
        }
        continue;
      }
      for (let k = 0; k < c; k++) {
        const top = at(x0, y0, k) * weight00 + at(x0 + 1, y0, k) * weight01;
        const below = at(x0, y0 + 1, k) * weight10 + at(x0 + 1, y0 + 1, k) * weight11;
        sampled[to++] = (top + below + halfUnit) >> (2 * weightBits);
      }
    }
  }
  return { width, height, order, data: sampled };
}
