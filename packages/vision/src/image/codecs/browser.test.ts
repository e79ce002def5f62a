import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { platform, setCodecLocation } from "./browser.ts";
import type { RgbaPixels } from "./codec.ts";
import { emscriptenCodec } from "./emscripten.ts";
import { pngCodec } from "./png.ts";

const require = createRequire(import.meta.url);
const wasmFiles = ["@jsquash/png/codec/pkg/squoosh_png_bg.wasm", "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"];
const picture = (name: string) => readFile(new URL(`../../../fixtures/pictures/${name}`, import.meta.url));

test("the page's half fetches the codecs from the place named, by file name, and decodes the same bytes", async (context) => {
  const server = createServer(async (request, response) => {
    const file = wasmFiles.find((path) => request.url === `/codecs/${path.slice(path.lastIndexOf("/") + 1)}`);
    if (file) response.end(await readFile(require.resolve(file)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;

  const codec = pngCodec(platform);
  setCodecLocation(`http://127.0.0.1:${port}/elsewhere/`);
  await assert.rejects(
    codec(96, () => undefined),
    /elsewhere\/squoosh_png_bg\.wasm: 404/,
  );
  setCodecLocation(`http://127.0.0.1:${port}/codecs/`); // the failure is not kept
  const bytes = await picture("rgb.png");
  const { result } = await codec(96, (png) => png.decode(bytes));
  const expected = await picture("rgb.png.rgb");
  assert.deepEqual(Array.from(result.data.filter((_, i) => i % 4 !== 3)), Array.from(expected));

  const jpeg = emscriptenCodec<{ decode(bytes: Uint8Array, turn: boolean): RgbaPixels }>(platform, {
    file: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
    glue: () => import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js"),
  });
  const jpegBytes = await picture("plain.jpg");
  assert.equal((await jpeg(96, (codec) => codec.decode(jpegBytes, false))).result.width, 12);

  assert.equal(await platform.hasNative(), false);
});
