import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../image/image.ts";
import { colorJitter } from "./color-jitter.ts";
import { createRandom, type Random } from "./random.ts";

/** Gives the listed numbers for `uniform`, whatever its bounds. */
const listed = (numbers: number[]): Random => ({ ...createRandom(0), uniform: () => numbers.shift() ?? 1 });

test("brightness, contrast about the mean luma, and gain multiply as written", () => {
  const image: Image = { width: 2, height: 1, order: "rgb", data: Uint8Array.of(100, 100, 100, 50, 50, 50) };
  // brightness 1.2: 120 and 60, mean 90; contrast 0.5: 105 and 75; gains 1, 2, 0.5 (mean luma 75 * 1.2 = 90)
  const jittered = colorJitter(image, listed([1.2, 0.5, 1, 2, 0.5]), {});
  assert.deepEqual(Array.from(jittered.data), [105, 210, 52, 75, 150, 38]);
});

test("values are held in 0 to 255", () => {
  const image: Image = { width: 2, height: 1, order: "gray", data: Uint8Array.of(250, 0) };
  assert.deepEqual(Array.from(colorJitter(image, listed([1.5, 3, 1]), {}).data), [255, 0]);
});
