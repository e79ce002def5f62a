import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FoveaError } from "@foveajs/errors";
import { platform } from "#codecs";
import { luma } from "./color.ts";
import { decode } from "./decode.ts";
import { decodeJpegByWasm } from "./decode-jpeg.ts";
import { flatten } from "./flatten.ts";
import { probe } from "./probe.ts";

// pictures and their .rgb come from fixtures/make-pictures.py: Pillow 9.4, for AVIF ImageMagick 6 (libheif 1.15)
const folder = new URL("../../fixtures/", import.meta.url);
const picture = (name: string): Uint8Array => readFileSync(new URL(`pictures/${name}`, folder));
const sizes: Record<string, { width: number; height: number }> = JSON.parse(
  readFileSync(new URL("pictures.json", folder), "utf8"),
);

const meanDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => assert.fail("expected an error"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FoveaError, String(error));
  assert.ok(error.help.length > 0);
  return error.code;
};

for (const [name, size] of Object.entries(sizes)) {
  test(`${name} has the pixels of the reference decoder`, async () => {
    const image = await decode(picture(name));
    const expected = picture(`${name}.rgb`);
    assert.deepEqual({ width: image.width, height: image.height }, size);
    assert.equal(image.order, "rgb");
    if (name === "cmyk.jpg") {
      // Pillow subtracts inks, sharp uses a press profile: near only; inverted inks would be 100 and more away
      assert.ok(meanDifference(image.data, expected) < 50);
    } else if (name.endsWith(".avif")) {
      // libheif repeats the halved colour, libavif interpolates it; a wrong turn is 50 and more away
      assert.ok(meanDifference(image.data, expected) < 6);
    } else assert.deepEqual(image.data, new Uint8Array(expected));
  });
}

test("gray is the luma of the RGB decoding, and a gray file keeps its bytes", async () => {
  for (const name of ["rgb.png", "gray.png", "gray.jpg", "lossy.webp", "orientation-6.png"]) {
    const rgb = await decode(picture(name));
    const gray = await decode(picture(name), { colors: "gray" });
    assert.equal(gray.order, "gray");
    assert.deepEqual([gray.width, gray.height], [rgb.width, rgb.height]);
    gray.data.forEach((value, i) => {
      const [r = 0, g = 0, b = 0] = rgb.data.subarray(i * 3, i * 3 + 3);
      assert.equal(value, luma(r, g, b));
      if (name.startsWith("gray")) assert.equal(value, r);
    });
  }
});

test("a picture that cannot be decoded gives its own error", async () => {
  const text = new TextEncoder().encode("this is no photograph\n");
  assert.equal(await codeOf(decode(new Uint8Array(0))), "vision/image-empty");
  assert.equal(await codeOf(decode(text, { name: "photo.jpg" })), "vision/image-unknown-format");
  await assert.rejects(decode(text, { name: "photo.jpg" }), /photo\.jpg: .*text that starts with "this is no/);
  assert.equal(await codeOf(decode(new TextEncoder().encode("GIF89a.."))), "vision/image-unsupported");
  assert.equal(await codeOf(decode(picture("zero.png"))), "vision/image-zero-size");
  assert.equal(await codeOf(decode(picture("rgb.png"), { maxPixels: 95 })), "vision/image-too-large");
  assert.equal((await decode(picture("rgb.png"), { maxPixels: 96 })).width, 12);
});

test("a 30,000 x 30,000 picture is refused from its header within milliseconds", async () => {
  const bytes = picture("huge.png");
  const start = performance.now();
  assert.equal(await codeOf(decode(bytes)), "vision/image-too-large");
  assert.ok(performance.now() - start < 20); // far below the time of touching 900 million pixels
});

test("a file cut anywhere is an error, and says that it was cut", async () => {
  for (const name of ["plain.jpg", "progressive.jpg", "rgb.png", "alpha.webp", "lossy.webp", "plain.avif"]) {
    const whole = picture(name);
    for (const share of [0.3, 0.5, 0.8, 0.99]) {
      const code = await codeOf(decode(whole.subarray(0, Math.floor(whole.length * share))));
      assert.equal(code, "vision/image-truncated", `${name} at ${share}`);
    }
  }
});

test("damaged pixels are an error, not gray blocks", async () => {
  const png = Uint8Array.from(picture("rgb.png"));
  png[60]! ^= 0xff; // inside the compressed pixels
  assert.equal(await codeOf(decode(png)), "vision/image-broken");
  // an end-of-image marker in the middle of the scan: well formed, but the pixels end early
  const jpeg = Uint8Array.from(picture("plain.jpg"));
  jpeg.set([0xff, 0xd9], jpeg.length - 40);
  assert.equal(await codeOf(decode(jpeg)), "vision/image-broken");
});

test("three hundred failures leave every codec working", async () => {
  for (const name of ["plain.jpg", "rgb.png", "lossy.webp", "plain.avif"]) {
    const whole = picture(name);
    const damaged = Uint8Array.from(whole);
    damaged.fill(0x55, whole.length - 60, whole.length - 14);
    for (let i = 0; i < (name.endsWith("avif") ? 30 : 300); i++) await decode(damaged).catch(() => undefined);
    const image = await decode(whole);
    assert.deepEqual([image.width, image.height], [sizes[name]?.width, sizes[name]?.height]);
  }
});

test("decodes at once do not mix", async () => {
  const names = ["rgb.png", "plain.jpg", "lossy.webp", "gray.png", "orientation-6.jpg", "progressive.jpg"];
  const images = await Promise.all(names.map((name) => decode(picture(name))));
  images.forEach((image, i) => {
    assert.deepEqual(image.data, new Uint8Array(picture(`${names[i]}.rgb`)));
  });
});

test("without the optional native decoder a CMYK JPEG says what to install, and all else decodes", () => {
  const program = `
    import { register } from "node:module";
    const hooks = 'export const resolve = (name, context, next) => { if (name === "sharp") throw new Error("absent"); return next(name, context); }';
    register("data:text/javascript," + encodeURIComponent(hooks));
    const { readFileSync } = await import("node:fs");
    const { decode } = await import(${JSON.stringify(new URL("./decode.js", import.meta.url).href)});
    const read = (name) => readFileSync(new URL(name, ${JSON.stringify(new URL("pictures/", folder).href)}));
    console.log((await decode(read("plain.jpg"))).width);
    await decode(read("cmyk.jpg")).catch((error) => console.log(error.code, error.help));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  assert.match(stdout, /^12\nvision\/image-needs-native .*npm install sharp/, stderr);
});

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const photos = `${shared}/data/photos`;

test("the native JPEG decoder gives the bytes of the wasm codec on photographs", async (context) => {
  if (!existsSync(photos)) return context.skip(`no photographs at ${photos}`);
  if (!(await platform.hasNative())) return context.skip("sharp is not installed");
  const files = readdirSync(photos).filter((file) => file.endsWith(".jpg"));
  for (const file of files.filter((_, index) => index % 3 === 0)) {
    const bytes = readFileSync(`${photos}/${file}`);
    const native = await platform.decodeNative(bytes, { profile: "ignore" });
    const wasm = flatten(await decodeJpegByWasm(bytes, probe(bytes), file), "rgb");
    assert.deepEqual([native.width, native.height, native.channels], [wasm.width, wasm.height, 3]);
    assert.equal(Buffer.compare(native.data, wasm.data), 0, file);
  }
});

test("the native JPEG decoder gives the bytes of the wasm codec for each sampling that goes to it", async (context) => {
  if (!(await platform.hasNative())) return context.skip("sharp is not installed");
  for (const name of ["plain.jpg", "progressive.jpg", "sampling-422.jpg"]) {
    const bytes = picture(name);
    const native = await platform.decodeNative(bytes, { profile: "ignore" });
    const wasm = flatten(await decodeJpegByWasm(bytes, probe(bytes), name), "rgb");
    assert.equal(Buffer.compare(native.data, wasm.data), 0, name);
  }
});
