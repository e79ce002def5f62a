import assert from "node:assert/strict";
import { test } from "node:test";
import { convertColor, luma } from "./color.ts";
import type { Image } from "./image.ts";

test("luma follows ITU-R BT.601 within rounding, and keeps every gray", () => {
  for (let value = 0; value < 256; value++) assert.equal(luma(value, value, value), value);
  for (let i = 0; i < 500; i++) {
    const [r, g, b] = [(i * 37) % 256, (i * 91) % 256, (i * 149) % 256];
    assert.ok(Math.abs(luma(r, g, b) - (0.299 * r + 0.587 * g + 0.114 * b)) <= 0.51);
  }
});

test("orders convert into each other", () => {
  const rgb: Image = { width: 2, height: 1, order: "rgb", data: Uint8Array.of(255, 0, 0, 10, 20, 30) };
  const bgr = convertColor(rgb, "bgr");
  assert.deepEqual(bgr.data, Uint8Array.of(0, 0, 255, 30, 20, 10));
  assert.deepEqual(convertColor(bgr, "rgb"), rgb);
  assert.deepEqual(convertColor(rgb, "gray").data, Uint8Array.of(76, 18)); // 0.299 * 255; 2.99 + 11.74 + 3.42
  assert.deepEqual(convertColor(bgr, "gray"), convertColor(rgb, "gray"));
  assert.deepEqual(convertColor(convertColor(rgb, "gray"), "bgr").data, Uint8Array.of(76, 76, 76, 18, 18, 18));
  assert.equal(convertColor(rgb, "rgb"), rgb);
});
