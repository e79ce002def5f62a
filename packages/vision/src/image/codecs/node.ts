import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { CodecPlatform } from "./codec.ts";
import { wasm } from "./wasm.ts";

/** The few calls of `sharp` that are used; it is an optional dependency, so its types may be absent. */
interface Sharp {
  raw(): Sharp;
  toColourspace(name: string): Sharp;
  toBuffer(options: { resolveWithObject: true }): Promise<{
    data: Uint8Array;
    info: { width: number; height: number; channels: number };
  }>;
}
type SharpModule = (bytes: Uint8Array, options: Readonly<Record<string, unknown>>) => Sharp;

const require = createRequire(import.meta.url);
const packageName: string = "sharp"; // not a literal, so that neither compiler nor bundler demands it

let loaded: Promise<SharpModule | undefined> | undefined;
const loadSharp = (): Promise<SharpModule | undefined> => {
  loaded ??= import(packageName).then(
    (module: { default: SharpModule }) => module.default,
    () => undefined, // not installed, or no binary for this platform: the wasm codecs stand
  );
  return loaded;
};

/** Codecs in Node: wasm files out of node_modules; `sharp` where it is installed. */
export const platform: CodecPlatform = {
  compile: async (file) => wasm.compile(await readFile(require.resolve(file))),
  hasNative: async () => (await loadSharp()) !== undefined,
  decodeNative: async (bytes, { profile }) => {
    const sharp = await loadSharp();
    if (!sharp) throw new Error("sharp is not installed");
    // failOn: libjpeg's warnings are errors; limitInputPixels: the caller has already checked the size
    const options = { failOn: "warning", ignoreIcc: profile === "ignore", limitInputPixels: false };
    const { data, info } = await sharp(bytes, options)
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: info.channels, data };
  },
};

/** In Node the codecs are found by themselves; see `codecs/browser.ts` for the page. */
export const setCodecLocation = (_baseUrl: string | URL): void => {};
