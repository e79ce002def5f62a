import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { convertColor } from "./color.ts";
import type { Image } from "./image.ts";
import { type ResizeFilter, resize, resizeFilters } from "./resize.ts";

interface Case {
  filter: ResizeFilter;
  width: number;
  height: number;
  rgb: string;
  gray: string;
}

// PIL.Image.resize and convert("L") of Pillow 9.4: fixtures/make-pictures.py
const golden: { width: number; height: number; rgb: string; luma: string; cases: Case[] } = JSON.parse(
  readFileSync(new URL("../../fixtures/resize.json", import.meta.url), "utf8"),
);
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const source: Image = { width: golden.width, height: golden.height, order: "rgb", data: bytes(golden.rgb) };
const green: Image = { ...source, order: "gray", data: source.data.filter((_, i) => i % 3 === 1) };

for (const { filter, width, height, rgb, gray } of golden.cases) {
  test(`${filter} to ${width} x ${height} gives Pillow's bytes`, () => {
    assert.deepEqual(resize(source, { width, height, filter }).data, bytes(rgb));
    assert.deepEqual(resize(green, { width, height, filter }).data, bytes(gray));
  });
}

test("luma gives the bytes of Pillow's mode L", () => {
  assert.deepEqual(convertColor(source, "gray").data, bytes(golden.luma));
});

test("a picture of one colour keeps it, at any size and with any filter", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.nat(255),
      fc.constantFrom(...resizeFilters),
      (w, h, width, height, value, filter) => {
        const flat: Image = { width: w, height: h, order: "gray", data: new Uint8Array(w * h).fill(value) };
        const { data } = resize(flat, { width, height, filter });
        assert.equal(data.length, width * height);
        assert.ok(data.every((byte) => byte === value));
      },
    ),
  );
});

test("sizes that are not whole numbers from 1 are refused", () => {
  for (const width of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => resize(source, { width, height: 3 }), { code: "vision/image-argument" });
  }
});
