import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Affine } from "./affine.ts";
import type { Border } from "./border.ts";
import type { Image } from "./image.ts";
import { resize } from "./resize.ts";
import { warpAffine } from "./warp.ts";

// scipy's map_coordinates: fixtures/make-warp.py
const golden: {
  width: number;
  height: number;
  gray: string;
  matrix: Affine;
  out_width: number;
  out_height: number;
  cases: Record<Border, string>;
} = JSON.parse(readFileSync(new URL("../../fixtures/warp.json", import.meta.url), "utf8"));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const { width, height } = golden;
const gray: Image = { width, height, order: "gray", data: bytes(golden.gray) };

const noise = (width: number, height: number): Image => {
  // multiplicative hashing (Knuth): bytes without a pattern that sampling could meet
  return {
    width,
    height,
    order: "rgb",
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24),
  };
};

for (const border of Object.keys(golden.cases) as Border[]) {
  test(`a turned sampling with the border ${border} gives scipy's values`, () => {
    const size = { width: golden.out_width, height: golden.out_height };
    const { data } = warpAffine(gray, golden.matrix, { ...size, border });
    const expected = bytes(golden.cases[border]);
    assert.equal(data.length, expected.length);
    // weights of 1/2048 move a sum of bytes by less than 1/2
    data.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) <= 1, `${i}: ${value}, ${expected[i]}`);
    });
    const off = data.filter((value, i) => value !== expected[i]).length;
    assert.ok(off < data.length / 10, `${off} values differ`);
  });
}

test("the channels of a colour picture are sampled as three gray ones", () => {
  const image = noise(13, 9);
  const matrix: Affine = [0.9, 0.2, -2, -0.3, 1.1, 1];
  const size = { width: 15, height: 12, border: "mirror" } as const;
  const colored = warpAffine(image, matrix, size);
  for (let k = 0; k < 3; k++) {
    const plane: Image = { ...image, order: "gray", data: image.data.filter((_, i) => i % 3 === k) };
    assert.deepEqual(
      colored.data.filter((_, i) => i % 3 === k),
      warpAffine(plane, matrix, size).data,
    );
  }
});

test("whole shifts move pixels unchanged, and no shift changes nothing", () => {
  const image = noise(8, 6);
  assert.deepEqual(warpAffine(image, [1, 0, 0, 0, 1, 0], { width: 8, height: 6 }), image);
  const moved = warpAffine(image, [1, 0, 2, 0, 1, 3], { width: 4, height: 2 });
  for (let y = 0; y < 2; y++) {
    const from = ((y + 3) * 8 + 2) * 3;
    assert.deepEqual(moved.data.subarray(y * 12, y * 12 + 12), image.data.subarray(from, from + 12));
  }
});

test("shrinking by a whole factor averages blocks, as the box filter does", () => {
  const image = noise(36, 24);
  for (const factor of [2, 3, 4]) {
    const size = { width: 36 / factor, height: 24 / factor };
    const warped = warpAffine(image, [factor, 0, 0, 0, factor, 0], size);
    const expected = resize(image, { ...size, filter: "box" });
    // Pillow rounds between its two passes
    warped.data.forEach((value, i) => {
      assert.ok(Math.abs(value - expected.data[i]!) <= 1);
    });
  }
});

test("a fine checkerboard shrinks to gray at any turn, and a part of a picture as the whole does", () => {
  const board: Image = {
    width: 96,
    height: 96,
    order: "gray",
    data: Uint8Array.from({ length: 96 * 96 }, (_, i) => (((i % 96) + Math.floor(i / 96)) % 2) * 255),
  };
  for (const [cosine, sine] of [
    [4, 0],
    [3, 2],
    [0, 5],
  ] as const) {
    const matrix: Affine = [cosine, -sine, 48 - 4 * (cosine - sine), sine, cosine, 48 - 4 * (cosine + sine)];
    const { data } = warpAffine(board, matrix, { width: 8, height: 8 });
    assert.ok(data.every((value) => Math.abs(value - 127.5) < 16));
  }
  const image = noise(61, 47);
  const matrix: Affine = [2.2, 0.4, 11, -0.4, 2.2, 14];
  const part = warpAffine(image, matrix, { width: 9, height: 7, border: "replicate" });
  const whole = warpAffine(image, matrix, { width: 9, height: 7, border: "mirror" }); // averages all blocks
  assert.deepEqual(part, whole);
});

test("any map gives a picture, and one of one colour keeps it", () => {
  const entry = fc.double({ min: -9, max: 9, noNaN: true });
  const border = fc.constantFrom<Border>("replicate", "mirror");
  fc.assert(
    fc.property(fc.array(entry, { minLength: 6, maxLength: 6 }), border, fc.nat(255), (matrix, border, value) => {
      const flat: Image = { width: 7, height: 5, order: "gray", data: new Uint8Array(35).fill(value) };
      const { data } = warpAffine(flat, matrix as unknown as Affine, { width: 6, height: 9, border });
      assert.ok(data.every((byte) => byte === value));
    }),
  );
});

test("bad sizes and matrices are refused", () => {
  assert.throws(() => warpAffine(gray, [1, 0, 0, 0, 1, 0], { width: 0, height: 2 }), { code: "vision/image-argument" });
  assert.throws(() => warpAffine(gray, [1, 0, Number.NaN, 0, 1, 0], { width: 2, height: 2 }), {
    code: "vision/transform-degenerate",
  });
});
