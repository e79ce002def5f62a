import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import type { ModelFile } from "@foveajs/operations";
import { createKeyStore } from "../security/keys.ts";
import { modelFile } from "./model-files.ts";
import type { Services } from "./route.ts";
import { type FileRequest, staticFile } from "./static-files.ts";

let folder = "";
const text = "export const page = 1;\n".repeat(50);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-static-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<h1>page</h1>");
  await writeFile(join(folder, "assets", "a-1.js"), text);
  await writeFile(join(folder, "assets", "a-1.js.br"), brotliCompressSync(text));
  await writeFile(join(folder, "codec.wasm"), "wasm");
  await writeFile(join(folder, "own.onnx"), "own");
});
after(() => rm(folder, { recursive: true }));

/** A request with these headers. */
const request = (headers: Readonly<Record<string, string>> = {}, method = "GET"): FileRequest => ({
  method,
  header: (name) => headers[name],
});
const get = async (path: string, given?: FileRequest) => (await staticFile(folder, path, given ?? request()))!;

test("a file goes out compressed to who takes that, plain to others, with its length", async () => {
  const plain = await get("/assets/a-1.js");
  assert.equal(await plain.text(), text);
  assert.equal(plain.headers.get("content-length"), String(text.length));
  assert.equal(plain.headers.get("content-encoding"), null);
  const packed = await get("/assets/a-1.js", request({ "accept-encoding": "gzip, deflate, br" }));
  assert.equal(packed.headers.get("content-encoding"), "br");
  assert.equal(packed.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(packed.headers.get("vary"), "Accept-Encoding");
  assert.equal(brotliDecompressSync(Buffer.from(await packed.arrayBuffer())).toString(), text);
  assert.notEqual(packed.headers.get("etag"), plain.headers.get("etag"));
  const wasm = await get("/codec.wasm", request({ "accept-encoding": "br" }));
  assert.equal(wasm.headers.get("content-type"), "application/wasm");
  assert.equal(await wasm.text(), "wasm");
});

test("hashed names are kept for good, the page is asked for each time; HEAD has no body, a known tag 304", async () => {
  const script = await get("/assets/a-1.js", request({}, "HEAD"));
  assert.equal(script.body, null);
  assert.equal(script.headers.get("content-length"), String(text.length));
  assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
  const page = await get("/");
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const again = await get("/", request({ "if-none-match": page.headers.get("etag")! }));
  assert.equal(again.status, 304);
});

test("the page may fetch from its own server alone, and is isolated so that wasm has threads", async () => {
  const { headers } = await get("/");
  const policy = headers.get("content-security-policy")!;
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /https?:|\*|'unsafe-inline'|'unsafe-eval'/);
  assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
});

test("a shipped model is anybody's, another needs what listing it needs; other names are nobody's", async () => {
  const file = (name: string, origin: ModelFile["origin"]): ModelFile => ({
    name,
    origin,
    path: join(folder, "own.onnx"),
    sizeBytes: 3,
  });
  const keys = createKeyStore(join(folder, "keys.json"));
  const ask = (path: string) =>
    modelFile(path, request(), {
      config: {} as Services["config"],
      context: {
        models: () => ({ list: async () => [file("face", "shipped"), file("my own", "user")] }),
      } as unknown as Services["context"],
      access: { keys, isOpen: true, now: () => new Date() },
    });
  assert.equal(await (await ask("/models/face.onnx"))!.text(), "own");
  await assert.rejects(ask("/models/my%20own.onnx"), { code: "server/key-needed" });
  for (const path of ["/models/none.onnx", "/models/..%2fown.onnx", "/models/face", "/models/a/face.onnx"])
    assert.equal(await ask(path), undefined, path);
});
