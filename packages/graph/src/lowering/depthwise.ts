import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { type Geometry, isDepthwise } from "./geometry.ts";

/** Largest maps on which dense windows beat sliding ones, by stride (docs/engine.md). */
const LARGEST_TINY_MAP = { unitStride: 16, otherStride: 64 };

export const isTinyDepthwise = (geometry: Geometry): boolean =>
  isDepthwise(geometry) &&
  geometry.height * geometry.width <=
    (geometry.strides[0] === 1 ? LARGEST_TINY_MAP.unitStride : LARGEST_TINY_MAP.otherStride);

/** 0/1 matrix [taps, output pixels * input pixels]: which input pixel a tap of an output pixel reads. */
function tapMask(
  { kernel, strides, pads, height, width, outputHeight, outputWidth }: Geometry,
  transposed: boolean,
): Float32Array {
  const taps = kernel[0] * kernel[1];
  const pairs = outputHeight * outputWidth * height * width;
  const mask = new Float32Array(taps * pairs);
  for (let tap = 0; tap < taps; tap++) {
    for (let pixel = 0; pixel < outputHeight * outputWidth; pixel++) {
      const row = Math.floor(pixel / outputWidth) * strides[0] + Math.floor(tap / kernel[1]) - pads[0];
      const column = (pixel % outputWidth) * strides[1] + (tap % kernel[1]) - pads[1];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const pair = pixel * height * width + row * width + column;
      mask[transposed ? pair * taps + tap : tap * pairs + pair] = 1;
    }
  }
  return mask;
}

const sizes = ({ kernel, height, width, outputHeight, outputWidth }: Geometry) => ({
  taps: kernel[0] * kernel[1],
  inputPixels: height * width,
  outputPixels: outputHeight * outputWidth,
});

/** Each channel's window as a dense matrix over the map: [C, output pixels, input pixels] from kernels [C, 1, kh, kw]. */
export function toeplitz(build: Build, w: Value, geometry: Geometry): Value {
  const { taps, inputPixels, outputPixels } = sizes(geometry);
  const mask = build.constant({
    dtype: "float32",
    shape: [taps, outputPixels * inputPixels],
    data: tapMask(geometry, false),
  });
  return build.reshape(build.matMul(build.reshape(w, [geometry.channels, taps]), mask), [
    geometry.channels,
    outputPixels,
    inputPixels,
  ]);
}

/** [C, output pixels, N]. */
export const applyToeplitz = (build: Build, matrix: Value, x: Value, geometry: Geometry): Value =>
  build.matMul(matrix, build.reshape(x, [geometry.channels, geometry.height * geometry.width, geometry.batch]));

/** Gradient of the kernels [C, taps] from the gradient of the dense matrix [C, output pixels, input pixels]. */
export function toeplitzToTaps(build: Build, dense: Value, geometry: Geometry): Value {
  const { taps, inputPixels, outputPixels } = sizes(geometry);
  const mask = build.constant({
    dtype: "float32",
    shape: [outputPixels * inputPixels, taps],
    data: tapMask(geometry, true),
  });
  return build.matMul(build.reshape(dense, [geometry.channels, outputPixels * inputPixels]), mask);
}
