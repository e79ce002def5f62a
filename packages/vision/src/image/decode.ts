import { asFoveaError, FoveaError } from "@foveajs/errors";
import { platform } from "#codecs";
import { errors } from "../errors.ts";
import { CodecFailure, needed, type RgbaPixels, type Stored } from "./codecs/codec.ts";
import { emscriptenCodec } from "./codecs/emscripten.ts";
import { pngCodec } from "./codecs/png.ts";
import { convertColor } from "./color.ts";
import { decodeJpeg } from "./decode-jpeg.ts";
import { flatten } from "./flatten.ts";
import type { ImageFormat, ImageHeader } from "./headers/header.ts";
import type { Image } from "./image.ts";
import { orient } from "./orient.ts";
import { probe } from "./probe.ts";

/** Settings of `decode`. */
export interface DecodeOptions {
  /** Most pixels that are decoded; a larger picture is refused from its header. */
  readonly maxPixels?: number;
  readonly colors?: "rgb" | "gray";
  /** What error messages call the picture, such as its file name. */
  readonly name?: string;
}

type Decoder = (bytes: Uint8Array, header: ImageHeader, name: string) => Promise<Stored>;

const webp = emscriptenCodec<{ decode(bytes: Uint8Array): RgbaPixels | null }>(platform, {
  file: "@jsquash/webp/codec/dec/webp_dec.wasm",
  glue: () => import("@jsquash/webp/codec/dec/webp_dec.js"),
});
const avif = emscriptenCodec<{ decode(bytes: Uint8Array, bitDepth: 8): RgbaPixels | null }>(platform, {
  file: "@jsquash/avif/codec/dec/avif_dec.wasm",
  glue: () => import("@jsquash/avif/codec/dec/avif_dec.js"),
});
const png = pngCodec(platform);

const decoders: Readonly<Record<ImageFormat, Decoder>> = {
  jpeg: decodeJpeg,
  png: async (bytes, { bitDepth, width, height }) => {
    const { result } = await png(width * height, (codec) =>
      bitDepth === 16 ? codec.decode16(bytes) : codec.decode(bytes),
    );
    return { rgba: result };
  },
  webp: async (bytes, { width, height, animated }, name) => {
    if (animated) throw errors["image-unsupported"]({ name, received: "an animated WebP" });
    const { result } = await webp(width * height, (codec) => needed(codec.decode(bytes)));
    return { rgba: result };
  },
  avif: async (bytes, { width, height }) => {
    const { result } = await avif(width * height, (codec) => needed(codec.decode(bytes, 8)));
    return { rgba: result };
  },
};

/**
 * Decodes JPEG, PNG, WebP or AVIF to an upright picture in memory, the same bytes in Node and in the browser.
 * EXIF orientation (AVIF: irot, imir) is applied, alpha is laid over white, 16 bits are rounded to 8, gray is repeated
 * into the three channels unless `colors` is "gray". Embedded colour profiles are not applied (but for
 * CMYK JPEG, which only the optional package `sharp` reads).
 */
export async function decode(
  bytes: Uint8Array,
  { maxPixels = 100e6, colors = "rgb", name = "image" }: DecodeOptions = {},
): Promise<Image> {
  const header = probe(bytes, { name });
  const { format, width, height } = header;
  if (width === 0 || height === 0) throw errors["image-zero-size"]({ name, width, height });
  if (width * height > maxPixels) throw errors["image-too-large"]({ name, width, height, maxPixels });
  if (!header.complete) throw errors["image-truncated"]({ name, format, detail: "its end is missing" });
  let stored: Stored;
  try {
    stored = await decoders[format](bytes, header, name);
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    if (cause instanceof CodecFailure) throw errors["image-broken"]({ name, format, detail: cause.message }, { cause });
    throw errors["image-codec"]({ name, format, detail: asFoveaError(cause).message }, { cause });
  }
  const pixels = "rgb" in stored ? stored.rgb : flatten(stored.rgba, colors);
  if (pixels.width !== width || pixels.height !== height) {
    const detail = `its header says ${width} x ${height}, its pixels are ${pixels.width} x ${pixels.height}`;
    throw errors["image-broken"]({ name, format, detail });
  }
  return orient(convertColor(pixels, colors), header.orientation);
}
