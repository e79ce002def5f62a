import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Border } from "./border.ts";
import { crop } from "./crop.ts";
import type { Image } from "./image.ts";
import { warpAffine } from "./warp.ts";

const image: Image = { width: 3, height: 2, order: "gray", data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const cut = (border: Border, x: number, y: number, width: number, height: number) =>
  Array.from(crop(image, { x, y, width, height }, { border }).data);

test("a box inside cuts its pixels", () => {
  assert.deepEqual(cut("replicate", 1, 0, 2, 2), [2, 3, 5, 6]);
});

test("what is outside comes from the border", () => {
  assert.deepEqual(cut("replicate", -2, -1, 4, 2), [1, 1, 1, 2, 1, 1, 1, 2]);
  assert.deepEqual(cut("mirror", -2, 0, 7, 1), [2, 1, 1, 2, 3, 3, 2]);
  assert.deepEqual(cut("white", 2, 1, 2, 2), [6, 255, 255, 255]);
  assert.deepEqual(cut("black", -1, -1, 2, 2), [0, 0, 0, 1]);
  assert.deepEqual(cut("white", 50, 50, 1, 1), [255]);
  assert.deepEqual(cut("replicate", 50, 50, 2, 1), [6, 6]);
});

test("a box of parts of pixels is rounded, and one of no size is one pixel", () => {
  assert.deepEqual(cut("replicate", 0.6, 0.4, 1.4, 0.2), [2]);
  assert.throws(() => crop(image, { x: Number.NaN, y: 0, width: 1, height: 1 }), { code: "vision/image-argument" });
});

test("a crop is a warp by a whole shift", () => {
  const random: Image = {
    width: 5,
    height: 4,
    order: "rgb",
    data: Uint8Array.from({ length: 60 }, (_, i) => (i * 83) % 256),
  };
  const place = fc.integer({ min: -12, max: 12 });
  const size = fc.integer({ min: 1, max: 9 });
  const border = fc.constantFrom<Border>("replicate", "mirror", "white", "black");
  fc.assert(
    fc.property(place, place, size, size, border, (x, y, width, height, border) => {
      const expected = warpAffine(random, [1, 0, x, 0, 1, y], { width, height, border });
      assert.deepEqual(crop(random, { x, y, width, height }, { border }), expected);
    }),
  );
});
