import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions, defineConfig } from "vite";
import { compressFiles } from "./build/compress-files.ts";
import { copyRuntime } from "./build/copy-runtime.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// biome-ignore lint/style/noDefaultExport: what Vite reads
export default defineConfig({
  root: at("app"),
  base: "./",
  publicDir: "public",
  plugins: [svelte({ configFile: false }), copyRuntime(), compressFiles()],
  // the runtime's wasm is copied as files of its own, not inlined a second time
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  worker: { format: "es" },
  build: {
    outDir: at("dist/app"),
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false }, // its script would be inline
    assetsInlineLimit: 0, // data: URLs are not allowed everywhere that files are
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
