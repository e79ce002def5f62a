import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** All files that a page would load, by esbuild's own list; a module of Node among them does not resolve. */
async function bundled(entry: string, platform: "browser" | "node"): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [here(entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform,
    conditions: ["onnxruntime-web-use-extern-wasm"],
    external: platform === "node" ? ["onnxruntime-node"] : [],
    outdir: "out",
    logLevel: "silent",
  });
  return Object.keys(metafile.inputs);
}

const has = (files: readonly string[], part: string): boolean => files.some((file) => file.includes(part));

test("a page loads the package and the session's worker without any module of Node", async () => {
  const files = [...(await bundled("../index.js", "browser")), ...(await bundled("./browser-worker.js", "browser"))];
  assert.ok(has(files, "session/browser.js") && has(files, "onnxruntime-web/dist/ort.wasm.min.mjs"));
  assert.ok(has(files, "ort.jspi.min.mjs") && has(files, "ort.webgpu.min.mjs"));
  assert.ok(!has(files, "session/node") && !has(files, "onnxruntime-node"), files.join("\n"));
  // its older WebGPU code gives wrong numbers without an error
  assert.ok(!has(files, "dist/ort.min.mjs") && !has(files, "dist/ort.all.min.mjs"));
});

test("Node loads its own half alone", async () => {
  const files = await bundled("../index.js", "node");
  assert.ok(has(files, "session/node.js") && !has(files, "session/browser") && !has(files, "onnxruntime-web"));
});
