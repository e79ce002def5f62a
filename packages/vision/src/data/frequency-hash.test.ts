import assert from "node:assert/strict";
import { test } from "node:test";
import { flipImage } from "../augment/flip.ts";
import { createRandom } from "../augment/random.ts";
import { crop } from "../image/crop.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { frequencyHashes, hashDistance, mirroredHashes } from "./frequency-hash.ts";
import { thumbnailOf, thumbnailSide } from "./thumbnail.ts";

const cloud = (key: number): Image => {
  const random = createRandom("cloud", key);
  const data = Uint8Array.from({ length: 100 }, () => random.integer(256));
  return resize({ width: 10, height: 10, order: "gray", data }, { width: 96, height: 96, filter: "bicubic" });
};

/** The signs by the definition of DCT-II over all 48x48 pixels, in another order of summation and without integrals. */
function signOf(thumbnail: Uint8Array, across: number, down: number): boolean {
  let sum = 0;
  for (let y = 0; y < thumbnailSide; y++) {
    for (let x = 0; x < thumbnailSide; x++) {
      const wave = (k: number, i: number) => Math.cos((Math.PI * k * (2 * i + 1)) / (2 * thumbnailSide));
      sum += thumbnail[y * thumbnailSide + x]! * wave(across, x) * wave(down, y);
    }
  }
  return sum > 0;
}

test("the bits are the signs of the cosine transform, the lowest frequencies first", () => {
  const order: [number, number][] = [];
  for (let sum = 1; order.length < 64; sum++) for (let down = 0; down <= sum; down++) order.push([sum - down, down]);
  for (const key of [1, 2]) {
    const thumbnail = thumbnailOf(cloud(key));
    const hash = frequencyHashes(thumbnail);
    for (const [bit, [across, down]] of order.slice(0, 64).entries()) {
      const isSet = ((hash[bit & 3]! >> (bit >> 2)) & 1) === 1;
      assert.equal(isSet, signOf(thumbnail, across, down), `cloud ${key}, frequency ${across}, ${down}`);
    }
  }
});

test("the hash of the mirror image follows from the signs", () => {
  const mirrored = mirroredHashes(frequencyHashes(thumbnailOf(cloud(3))));
  assert.deepEqual(mirrored, frequencyHashes(thumbnailOf(flipImage(cloud(3)))));
});

test("the hash of a part is nearly that of the picture cut out, and far from that of another place", () => {
  const spans = [
    { from: 0, to: 1 },
    { from: 0.125, to: 0.75 },
  ];
  const image = cloud(4);
  const hashes = frequencyHashes(thumbnailOf(image), spans);
  assert.equal(hashes.length, 16);
  const cut = (x: number, y: number, width: number, height: number) =>
    frequencyHashes(thumbnailOf(crop(image, { x, y, width, height })));
  assert.ok(hashDistance(hashes, 0, frequencyHashes(thumbnailOf(image)), 0) === 0);
  // across first, then down
  assert.ok(hashDistance(hashes, 1, cut(12, 0, 60, 96), 0) <= 3);
  assert.ok(hashDistance(hashes, 2, cut(0, 12, 96, 60), 0) <= 3);
  assert.ok(hashDistance(hashes, 3, cut(12, 12, 60, 60), 0) <= 3);
  assert.ok(hashDistance(hashes, 1, cut(0, 12, 96, 60), 0) > 12);
});

test("the distance counts bits", () => {
  const a = Uint16Array.of(0, 0, 0, 0, 0xffff, 1, 0, 0x8000);
  assert.equal(hashDistance(a, 0, a, 1), 18);
  assert.equal(hashDistance(a, 1, a, 1), 0);
});
