import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import type { Geometry } from "./geometry.ts";

/**
 * The matrix whose product with the kernels is a convolution: [C, kh * kw, OH * OW * N] from maps [C, H, W, N].
 * A convolution and its weight gradient write the same nodes; deduplicate() keeps one of them.
 */
export function im2col(
  build: Build,
  x: Value,
  { channels, kernel, strides, dilations, pads, outputHeight, outputWidth, batch }: Geometry,
): Value {
  const [top, left, bottom, right] = pads;
  const padded = pads.some((pad) => pad > 0) ? build.pad(x, [0, top, left, 0, 0, bottom, right, 0]) : x;
  const taps: Value[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const starts = [row * dilations[0], column * dilations[1]];
      const ends = [starts[0]! + strides[0] * (outputHeight - 1) + 1, starts[1]! + strides[1] * (outputWidth - 1) + 1];
      const tap = build.slice(padded, { axes: [1, 2], starts, ends, steps: [...strides] });
      taps.push(build.reshape(tap, [channels, 1, outputHeight * outputWidth * batch]));
    }
  }
  return build.concat(taps, { axis: 1 });
}
