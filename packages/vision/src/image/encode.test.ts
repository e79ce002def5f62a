import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "./decode.ts";
import { encodeJpeg, encodePng } from "./encode.ts";
import type { ColorOrder, Image } from "./image.ts";
import { probe } from "./probe.ts";

const smooth = (width: number, height: number, order: ColorOrder): Image => {
  const c = order === "gray" ? 1 : 3;
  const data = Uint8Array.from({ length: width * height * c }, (_, i) => {
    const x = Math.floor(i / c) % width;
    return 40 + ((i % c) + 1) * 30 + Math.floor((x * 60) / width);
  });
  return { width, height, order, data };
};

test("PNG keeps every byte of RGB, BGR and gray pictures", async () => {
  for (const [width, height] of [
    [1, 1],
    [7, 5],
    [64, 33],
  ] as const) {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    const decoded = await decode(await encodePng({ width, height, order: "rgb", data }));
    assert.deepEqual(decoded, { width, height, order: "rgb", data });
  }
  const bgr: Image = { width: 1, height: 1, order: "bgr", data: Uint8Array.of(1, 2, 3) };
  assert.deepEqual((await decode(await encodePng(bgr))).data, Uint8Array.of(3, 2, 1));
  const gray = smooth(9, 4, "gray");
  assert.deepEqual(await decode(await encodePng(gray), { colors: "gray" }), gray);
});

test("JPEG comes back near, nearer and larger with more quality; gray stays one channel", async () => {
  const image = smooth(80, 56, "rgb");
  const noisy = { ...image, data: image.data.map((value, i) => value + ((i * 7919) % 23)) };
  const results = [];
  for (const quality of [20, 60, 95]) {
    const bytes = await encodeJpeg(noisy, { quality });
    const { data, width, height } = await decode(bytes);
    assert.deepEqual([width, height], [80, 56]);
    const error = data.reduce((sum, value, i) => sum + Math.abs(value - noisy.data[i]!), 0) / data.length;
    results.push({ error, size: bytes.length });
  }
  const [low, middle, high] = results as [(typeof results)[0], (typeof results)[0], (typeof results)[0]];
  assert.ok(low.error > middle.error && middle.error > high.error);
  assert.ok(low.size < middle.size && middle.size < high.size);
  assert.ok(high.error < 6); // the made noise is in the halved colour as well
  assert.equal(probe(await encodeJpeg(smooth(20, 20, "gray"))).colorModel, "gray");
});

test("a quality out of range and an empty picture are refused", async () => {
  await assert.rejects(encodeJpeg(smooth(2, 2, "rgb"), { quality: 0 }), { code: "vision/image-argument" });
  await assert.rejects(encodePng({ width: 0, height: 3, order: "rgb", data: new Uint8Array() }), {
    code: "vision/image-zero-size",
  });
});
