import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../image/image.ts";
import { flipImage, flipPoints } from "./flip.ts";

test("left and right are exchanged, twice is the picture again", () => {
  const image: Image = {
    width: 2,
    height: 2,
    order: "rgb",
    data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  };
  assert.deepEqual(Array.from(flipImage(image).data), [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  assert.deepEqual(flipImage(flipImage(image)), image);
});

test("points follow their pixels and take each other's places", () => {
  // the centre of the first of 10 columns becomes the centre of the last
  assert.deepEqual(flipPoints([[0.5, 3]], { width: 10 }), [[9.5, 3]]);
  const eyesAndNose = [
    [2, 4],
    [8, 5],
    [6, 7],
  ] as const;
  assert.deepEqual(flipPoints(eyesAndNose, { width: 10, mirrored: [1, 0, 2] }), [
    [2, 5],
    [8, 4],
    [4, 7],
  ]);
});
