import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Image } from "../image/image.ts";
import { degradeByJpeg } from "./jpeg.ts";
import { quantizationTable } from "./jpeg-blocks.ts";

// Pillow 9.4 (libjpeg): fixtures/make-jpeg-damage.py
const golden: {
  width: number;
  height: number;
  rgb: string;
  cases: { quality: number; rgb: string; gray: string; table: number[] }[];
} = JSON.parse(readFileSync(new URL("../../fixtures/jpeg-damage.json", import.meta.url), "utf8"));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const { width, height } = golden;
const image: Image = { width, height, order: "rgb", data: bytes(golden.rgb) };
const gray: Image = { width, height, order: "gray", data: image.data.filter((_, i) => i % 3 === 1) };
const meanDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

for (const { quality, rgb, gray: expectedGray, table } of golden.cases) {
  test(`quality ${quality} damages as libjpeg does`, () => {
    assert.deepEqual(Array.from(quantizationTable("luminance", quality)), table);
    const damaged = degradeByJpeg(gray, quality).data;
    // whole-number transform there: single coefficients may round to the other side
    assert.ok(meanDifference(damaged, bytes(expectedGray)) < 0.6);
    assert.ok(meanDifference(damaged, gray.data) > 3 * meanDifference(damaged, bytes(expectedGray)));
    const colored = degradeByJpeg(image, quality).data;
    assert.ok(meanDifference(colored, bytes(rgb)) < 1, `${meanDifference(colored, bytes(rgb))}`);
  });
}

test("the last bytes of an edge that is no multiple of 8 or 2 are of this picture", () => {
  const flat: Image = { width: 9, height: 3, order: "rgb", data: new Uint8Array(81).fill(77) };
  assert.ok(degradeByJpeg(flat, 90).data.every((value) => Math.abs(value - 77) <= 2));
});

test("what was damaged before, larger or smaller, leaves no trace", () => {
  const part: Image = { width: 8, height: 5, order: "rgb", data: image.data.slice(0, 8 * 5 * 3) };
  const alone = degradeByJpeg(part, 50).data;
  const whole = degradeByJpeg(image, 50).data;
  assert.deepEqual(degradeByJpeg(part, 50).data, alone);
  assert.deepEqual(degradeByJpeg(image, 50).data, whole);
});
