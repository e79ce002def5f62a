import { errors } from "../errors.ts";
import { channelsOf, type Image } from "./image.ts";
import { compileResizeKernels, type ResizeKernels } from "./resampling/resize-kernels.ts";
import { resizeScalar } from "./resampling/resize-scalar.ts";
import { fitsMemory, resizeSimd } from "./resampling/resize-simd.ts";
import { type AveragingFilter, tapsOf } from "./resampling/resize-taps.ts";
import type { WasmHost } from "./resampling/wasm-host.ts";

/** How pixels are weighed: `nearest` takes one, the others average as Pillow's filters of the same names do. */
export type ResizeFilter = "nearest" | AveragingFilter;

/** Names of all filters. */
export const resizeFilters = ["nearest", "box", "bilinear", "bicubic", "lanczos3"] as const satisfies ResizeFilter[];

/** The kernels of this thread, compiled at the first use; null where there is no SIMD. */
let kernels: ResizeKernels | null | undefined;

/**
 * Resamples to width x height pixels (whole numbers from 1), antialiased when shrinking: the filter widens with the
 * scale. Separable, in 22-bit fixed point; equal to `PIL.Image.resize` to the byte, in WebAssembly and in JavaScript.
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
  const columns = tapsOf(image.width, width, filter);
  const rows = tapsOf(image.height, height, filter);
  if (kernels === undefined) kernels = compileResizeKernels(globalThis as WasmHost) ?? null;
  if (kernels === null || !fitsMemory(image, columns, rows)) return resizeScalar(image, columns, rows);
  return resizeSimd(kernels, image, columns, rows);
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
