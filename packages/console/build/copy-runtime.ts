import { cp, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);

/** onnxruntime's builds that a session asks for: wasm, and the two with WebGPU. */
const runtimes = ["", ".asyncify", ".jspi"].flatMap((build) =>
  ["mjs", "wasm"].map((ending) => `onnxruntime-web/ort-wasm-simd-threaded${build}.${ending}`),
);

/** Codecs by picture format; JPEGs are written too. */
const codecs = [
  "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm",
  "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
  "@jsquash/webp/codec/dec/webp_dec.wasm",
  "@jsquash/avif/codec/dec/avif_dec.wasm",
];

const examples = ["astronaut.jpg"].map((name) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url)));

/** Folder of the built application → files that lie in it under their own names. */
const copies: Readonly<Record<string, readonly string[]>> = {
  ort: runtimes.map((name) => fileURLToPath(import.meta.resolve(name))),
  codecs: codecs.map((name) => require.resolve(name)),
  examples,
};

/** Puts what is fetched by name beside the application: the runtime, the codecs, the example's picture. */
export function copyRuntime(): Plugin {
  let folder = "";
  return {
    name: "fovea:copy-runtime",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    async writeBundle() {
      for (const [name, files] of Object.entries(copies)) {
        await mkdir(path.join(folder, name), { recursive: true });
        await Promise.all(files.map((file) => cp(file, path.join(folder, name, path.basename(file)))));
      }
    },
  };
}
