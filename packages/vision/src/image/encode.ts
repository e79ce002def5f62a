import { platform } from "#codecs";
import { errors } from "../errors.ts";
import { emscriptenCodec } from "./codecs/emscripten.ts";
import { pngCodec } from "./codecs/png.ts";
import { convertColor } from "./color.ts";
import type { Image } from "./image.ts";

/** Options of MozJPEG as `@jsquash/jpeg` passes them on. */
type JpegSettings = Readonly<Record<string, number | boolean>>;

const jpeg = emscriptenCodec<{
  encode(rgba: Uint8Array, width: number, height: number, settings: JpegSettings): Uint8Array;
}>(platform, {
  file: "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm",
  glue: () => import("@jsquash/jpeg/codec/enc/mozjpeg_enc.js"),
});
const png = pngCodec(platform);

const grayscale = 1; // JCS_GRAYSCALE
const ycbcr = 3; // JCS_YCbCr

/** The picture as a JPEG file by MozJPEG (progressive, optimised tables); `quality` is 1 to 100. */
export async function encodeJpeg(image: Image, { quality = 90 }: { quality?: number } = {}): Promise<Uint8Array> {
  if (!(quality >= 1 && quality <= 100)) {
    throw errors["image-argument"]({ where: "quality", expected: "1 to 100", received: String(quality) });
  }
  const settings: JpegSettings = {
    quality: Math.round(quality),
    baseline: false,
    arithmetic: false,
    progressive: true,
    optimize_coding: true,
    smoothing: 0,
    color_space: image.order === "gray" ? grayscale : ycbcr,
    quant_table: 3, // MozJPEG's default, by N. Robidoux
    trellis_multipass: false,
    trellis_opt_zero: false,
    trellis_opt_table: false,
    trellis_loops: 1,
    auto_subsample: true,
    chroma_subsample: 2,
    separate_chroma_quality: false,
    chroma_quality: Math.round(quality),
  };
  return encode("JPEG", image, async (rgba, { width, height }) => {
    const { result } = await jpeg(width * height, (codec) => codec.encode(rgba, width, height, settings));
    return result;
  });
}

/** The picture as a PNG file: RGBA of 8 bits, opaque, lossless. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  return encode("PNG", image, async (rgba, { width, height }) => {
    const { result } = await png(width * height, (codec) => codec.encode(rgba, width, height));
    return result;
  });
}

async function encode(
  format: string,
  image: Image,
  run: (rgba: Uint8Array, image: Image) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (!(image.width >= 1 && image.height >= 1)) {
    throw errors["image-zero-size"]({ name: "image", width: image.width, height: image.height });
  }
  try {
    return await run(toRgba(image), image);
  } catch (cause) {
    throw errors["image-encode"]({ format, detail: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
}

function toRgba(image: Image): Uint8Array {
  const { data } = convertColor(image, "rgb");
  const rgba = new Uint8Array(image.width * image.height * 4);
  for (let from = 0, to = 0; to < rgba.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
    rgba[to + 3] = 255;
  }
  return rgba;
}
