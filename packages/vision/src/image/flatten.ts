import type { RgbaPixels } from "./codecs/codec.ts";
import { luma } from "./color.ts";
import type { Image } from "./image.ts";

/** Lays RGBA pixels over white and keeps 8 bits of 16: a * c + (1 - a) * white, rounded to the nearest. */
export function flatten({ width, height, data }: RgbaPixels, colors: "rgb" | "gray"): Image {
  const rgb = data instanceof Uint16Array ? flatten16(data) : flatten8(data);
  if (colors === "rgb") return { width, height, order: "rgb", data: rgb };
  const gray = new Uint8Array(rgb.length / 3);
  for (let i = 0, from = 0; i < gray.length; i++, from += 3) gray[i] = luma(rgb[from]!, rgb[from + 1]!, rgb[from + 2]!);
  return { width, height, order: "gray", data: gray };
}

function flatten8(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    if (alpha === 255) {
      rgb[to] = rgba[from]!;
      rgb[to + 1] = rgba[from + 1]!;
      rgb[to + 2] = rgba[from + 2]!;
    } else {
      const white = (255 - alpha) * 255 + 127; // + 127: rounds the quotient
      rgb[to] = (rgba[from]! * alpha + white) / 255;
      rgb[to + 1] = (rgba[from + 1]! * alpha + white) / 255;
      rgb[to + 2] = (rgba[from + 2]! * alpha + white) / 255;
    }
  }
  return rgb;
}

function flatten16(rgba: Uint16Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]! / 65535;
    for (let k = 0; k < 3; k++) {
      const over = rgba[from + k]! * alpha + 65535 * (1 - alpha);
      rgb[to + k] = over / 257 + 0.5; // 65535 = 255 * 257
    }
  }
  return rgb;
}
