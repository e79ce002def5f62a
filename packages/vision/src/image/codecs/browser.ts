import type { CodecPlatform } from "./codec.ts";
import { wasm } from "./wasm.ts";

let location: URL | undefined;

/**
 * Says where a page serves the wasm files of the codecs (`mozjpeg_dec.wasm`, `mozjpeg_enc.wasm`, `webp_dec.wasm`,
 * `avif_dec.wasm`, `squoosh_png_bg.wasm`), relative to the script that holds this code; until then they are looked for beside it.
 */
export function setCodecLocation(baseUrl: string | URL): void {
  location = new URL(baseUrl, import.meta.url);
}

/** Codecs in a page or a web worker: wasm files by fetch, no native decoder. */
export const platform: CodecPlatform = {
  compile: async (file) => {
    const name = file.slice(file.lastIndexOf("/") + 1);
    const response = await fetch(new URL(name, location ?? import.meta.url));
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
    // not compileStreaming, which refuses servers that do not know application/wasm
    return wasm.compile(await response.arrayBuffer());
  },
  hasNative: async () => false,
  decodeNative: async () => {
    throw new Error("there is no native decoder in the browser");
  },
};
