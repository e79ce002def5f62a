import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

async function bundled(platform: "browser" | "node"): Promise<{ files: readonly string[]; text: string }> {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./index.js", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform,
    logLevel: "silent",
  });
  return { files: Object.keys(metafile.inputs), text: outputFiles[0]!.text };
}

test("a page loads the client without any module of Node, in a few kilobytes", async () => {
  const { files, text } = await bundled("browser");
  assert.ok(files.some((file) => file.endsWith("files/browser.js")));
  assert.ok(!files.some((file) => file.endsWith("files/node.js")), files.join("\n"));
  assert.doesNotMatch(text, /node:|\brequire\(|\bBuffer\b|\bprocess\b/);
  assert.ok(text.length < 20_000, `${text.length} characters`);
});

test("Node loads its own half alone", async () => {
  const { files } = await bundled("node");
  assert.ok(files.some((file) => file.endsWith("files/node.js")));
  assert.ok(!files.some((file) => file.endsWith("files/browser.js")));
});
