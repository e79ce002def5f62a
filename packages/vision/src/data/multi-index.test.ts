import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../augment/random.ts";
import { hashDistance } from "./frequency-hash.ts";
import { createHashIndex } from "./multi-index.ts";

test("every hash within 7 bits is found, once, and none beyond the distance", () => {
  const random = createRandom("index", 1);
  const centres = Array.from({ length: 20 }, () => Uint16Array.from({ length: 4 }, () => random.integer(1 << 16)));
  const count = 2000;
  const hashes = new Uint16Array(count * 4);
  for (let i = 0; i < count; i++) {
    hashes.set(centres[i % 20]!, i * 4);
    for (let flips = random.integer(14); flips > 0; flips--) {
      const bit = random.integer(64);
      hashes[i * 4 + (bit >> 4)]! ^= 1 << (bit & 15);
    }
  }
  const index = createHashIndex(hashes, { maximumDistance: 9 });
  for (let asked = 0; asked < count; asked += 7) {
    const found: number[] = [];
    index.near(hashes, asked, (hash) => found.push(hash));
    assert.equal(new Set(found).size, found.length, "each once");
    const distances = Array.from({ length: count }, (_, i) => hashDistance(hashes, asked, hashes, i));
    for (const hash of found) assert.ok(distances[hash]! <= 9);
    for (const [hash, distance] of distances.entries()) if (distance <= 7) assert.ok(found.includes(hash));
  }
});

test("an index of nothing finds nothing", () => {
  const index = createHashIndex(new Uint16Array(0), { maximumDistance: 7 });
  index.near(new Uint16Array(4), 0, () => assert.fail());
});
