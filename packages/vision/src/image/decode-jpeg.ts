import { platform } from "#codecs";
import { errors } from "../errors.ts";
import { CodecFailure, needed, type RgbaPixels, type Stored } from "./codecs/codec.ts";
import { emscriptenCodec } from "./codecs/emscripten.ts";
import type { ImageHeader } from "./headers/header.ts";
import type { Image } from "./image.ts";

const jpeg = emscriptenCodec<{ decode(bytes: Uint8Array, applyOrientation: boolean): RgbaPixels | null }>(platform, {
  file: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  glue: () => import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js"),
});

// samplings for which the native decoder is tested to give the bytes of the wasm codec: 4:4:4, 4:2:2, 4:2:0
const nativeSamplings: readonly (string | undefined)[] = ["111111", "211111", "221111"];
// below this the detour through a native thread costs more than it saves
const nativePixels = 400e3;

/**
 * Decodes a JPEG file to stored orientation: by the wasm codec, which is the reference; by the native one where that is
 * tested to give the same bytes and saves time, and for CMYK, which the wasm codec does not read.
 */
export async function decodeJpeg(bytes: Uint8Array, header: ImageHeader, name: string): Promise<Stored> {
  const { width, height, colorModel, sampling, bitDepth } = header;
  if (bitDepth !== 8) throw errors["image-unsupported"]({ name, received: `a JPEG of ${bitDepth} bits a sample` });
  if (colorModel === "cmyk" || colorModel === "ycck") {
    if (!(await platform.hasNative())) throw errors["image-needs-native"]({ name, received: "a CMYK JPEG" });
    const rgb = await decodeNative(bytes, "apply").catch((cause: unknown) => {
      throw new CodecFailure([], cause);
    });
    return { rgb };
  }
  const mayBeNative = colorModel === "ycbcr" && width * height >= nativePixels && nativeSamplings.includes(sampling);
  if (mayBeNative && (await platform.hasNative())) {
    // a damaged file goes to the reference below, which says what is wrong in the same words everywhere
    const native = await decodeNative(bytes, "ignore").catch(() => undefined);
    if (native) return { rgb: native };
  }
  return { rgba: await decodeJpegByWasm(bytes, header, name) };
}

/** Decodes a gray or YCbCr JPEG file by the wasm codec; any damage is an error. */
export async function decodeJpegByWasm(
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
  name: string,
): Promise<RgbaPixels> {
  const { result, lines } = await jpeg(width * height, (codec) => needed(codec.decode(bytes, false)));
  // libjpeg fills what is missing with gray and only warns; bytes too many between segments harm nothing
  const damage = lines.find((line) => !/extraneous bytes before marker/.test(line));
  if (damage === undefined) return result;
  const detail = { name, format: "jpeg", detail: damage };
  throw /premature end of jpeg/i.test(damage) ? errors["image-truncated"](detail) : errors["image-broken"](detail);
}

async function decodeNative(bytes: Uint8Array, profile: "ignore" | "apply"): Promise<Image> {
  const { width, height, channels, data } = await platform.decodeNative(bytes, { profile });
  if (channels !== 3) throw new Error(`expected 3 channels, received ${channels}`);
  return { width, height, order: "rgb", data };
}
