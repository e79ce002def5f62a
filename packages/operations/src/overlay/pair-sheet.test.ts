import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "@foveajs/vision";
import { pairSheet, type SheetPair } from "./pair-sheet.ts";

const plain = (width: number, height: number, color: readonly [number, number, number]): Image => ({
  width,
  height,
  order: "rgb",
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => color[i % 3]!),
});

const pixel = ({ width, data }: Image, x: number, y: number) => [...data.subarray((y * width + x) * 3).subarray(0, 3)];

/** How many pixels have this colour. */
const countOf = (image: Image, color: readonly number[]) => {
  let count = 0;
  for (let at = 0; at < image.data.length; at += 3) {
    if (color.every((value, k) => image.data[at + k] === value)) count++;
  }
  return count;
};

const pair: SheetPair = {
  images: [plain(320, 160, [255, 0, 0]), plain(10, 20, [0, 0, 255])],
  names: ["train: a very long name that cannot stand under a picture of this size <1>.jpg", "test: b.jpg"],
  kind: "near",
  similarity: 0.97,
  mirrored: false,
  leaks: false,
  conflicts: [],
};
const vermilion = [0xd5, 0x5e, 0x00];

test("pictures stand side by side at one size, four pairs a row", async () => {
  const one = await pairSheet([pair]);
  const five = await pairSheet([pair, pair, pair, pair, pair]);
  assert.equal(one.width, five.width);
  assert.ok(five.height > one.height + 160);
  // 160 x 80 and 80 x 160
  assert.equal(countOf(one, [255, 0, 0]), 160 * 80);
  assert.equal(countOf(one, [0, 0, 255]), 80 * 160);
  assert.equal(countOf(five, [255, 0, 0]), 5 * 160 * 80);
  const from = one.data.length / 3;
  assert.ok(from > 0 && pixel(one, one.width - 1, 0).every((value) => value === 255));
});

test("a pair that leaks has a frame that others have not", async () => {
  assert.equal(countOf(await pairSheet([pair]), vermilion), 0);
  assert.ok(countOf(await pairSheet([{ ...pair, leaks: true }]), vermilion) > 500);
  const conflict = { ...pair, conflicts: [{ task: "mood", first: "glad", second: "sad" }] };
  assert.equal(countOf(await pairSheet([conflict]), vermilion), 0);
});

test("a sheet of nothing is a sheet that says so", async () => {
  const { data } = await pairSheet([]);
  assert.ok(data.some((value) => value < 128));
});
