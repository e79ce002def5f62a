import { errors } from "../errors.ts";
import { type Affine, type Bounds, boundsUnder, composeAffine } from "./affine.ts";
import type { Border } from "./border.ts";
import type { Image } from "./image.ts";
import { compileWarpKernels, type WarpKernels } from "./resampling/warp-kernels.ts";
import { averageBlocksScalar, type Sampling, sampleScalar } from "./resampling/warp-scalar.ts";
import { averageBlocksSimd, fitsRegion, maxBlock, sampleSimd } from "./resampling/warp-simd.ts";
import type { WasmHost } from "./resampling/wasm-host.ts";

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
  const sampling = { width, height, border };
  if (shrink < prefilterFrom) return sample(image, matrix, sampling);
  const block = Math.round(shrink);
  const reduced = averageBlocks(image, block, boundsUnder(matrix, sampling), border);
  const toReduced: Affine = [1 / block, 0, -reduced.left, 0, 1 / block, -reduced.top];
  return sample(reduced.image, composeAffine(matrix, toReduced), sampling);
}

/** Means over block x block pixels of the part of the picture that is needed; left and top count blocks. */
function averageBlocks(image: Image, block: number, bounds: Bounds, border: Border) {
  const { width, height } = image;
  const columns = Math.ceil(width / block);
  const rows = Math.ceil(height / block);
  // two blocks of margin for the bilinear neighbours; a mirrored border may show any part
  const needed = border === "mirror" ? { left: 0, top: 0, right: width, bottom: height } : bounds;
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const left = clamp(Math.floor(needed.left / block) - 2, 0, columns - 1);
  const top = clamp(Math.floor(needed.top / block) - 2, 0, rows - 1);
  const right = clamp(Math.ceil(needed.right / block) + 2, left + 1, columns);
  const bottom = clamp(Math.ceil(needed.bottom / block) + 2, top + 1, rows);
  const range = { left, top, right, bottom };
  const simd = openKernels();
  const reduced =
    simd === null || block > maxBlock
      ? averageBlocksScalar(image, block, range)
      : averageBlocksSimd(simd, image, block, range);
  return { image: reduced, left, top };
}

function sample(image: Image, matrix: Affine, sampling: Sampling): Image {
  const simd = openKernels();
  return simd === null || !fitsRegion(image, matrix, sampling)
    ? sampleScalar(image, matrix, sampling)
    : sampleSimd(simd, image, matrix, sampling);
}

/** The kernels of this thread, compiled at the first use; null where there is no SIMD. */
let kernels: WarpKernels | null | undefined;

function openKernels(): WarpKernels | null {
  if (kernels === undefined) kernels = compileWarpKernels(globalThis as WasmHost) ?? null;
  return kernels;
}
