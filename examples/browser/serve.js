// Bundles the page and serves it: node examples/browser/serve.js [PORT]. What a server has to do is all here.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const built = path.join(here, "dist");
const require = createRequire(import.meta.url);
const session = path.join(path.dirname(fileURLToPath(import.meta.resolve("@foveajs/graph"))), "session");

await build({
  // the session's worker is a file of its own, beside the page's
  entryPoints: [path.join(here, "app.js"), path.join(session, "browser-worker.js")],
  outdir: built,
  entryNames: "[name]",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: "es2023",
  conditions: ["onnxruntime-web-use-extern-wasm"],
  logLevel: "warning",
});

/** Where the files of each part of the path lie. */
const folders = {
  ort: path.dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"))),
  models: path.join(here, "..", "..", "models"),
};
const codecs = [
  "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
  "@jsquash/webp/codec/dec/webp_dec.wasm",
  "@jsquash/avif/codec/dec/avif_dec.wasm",
].map((file) => require.resolve(file));
const types = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

function fileOf(url) {
  const [place, name] = new URL(url, "http://localhost").pathname.slice(1).split("/");
  if (!place) return path.join(here, "index.html");
  if (name === undefined) return path.join(built, path.basename(place));
  if (place === "codecs") return codecs.find((file) => path.basename(file) === name);
  return folders[place] && path.join(folders[place], path.basename(name));
}

const server = createServer((request, response) => {
  const file = fileOf(request.url);
  if (!file || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "Content-Type": types[path.extname(file).slice(1)] ?? "application/octet-stream",
    "Cache-Control": "no-cache",
    // threads in wasm need a page that no other can look into
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  });
  response.end(readFileSync(file));
});
server.listen(Number(process.argv[2] ?? 8080), "localhost", () => {
  process.stdout.write(`http://localhost:${server.address().port}/\n`);
});
