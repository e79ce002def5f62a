import assert from "node:assert/strict";
import { test } from "node:test";
import { lookup } from "../augment/lookup.ts";
import { createRandom } from "../augment/random.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { joinDuplicates, pixelHash } from "./duplicates.ts";
import { splitByGroup } from "./split.ts";
import type { Sample } from "./types.ts";

const cloud = (key: number): Image => {
  const random = createRandom("cloud", key);
  const data = Uint8Array.from({ length: 64 }, () => random.integer(256));
  return resize({ width: 8, height: 8, order: "gray", data }, { width: 72, height: 64, filter: "bicubic" });
};

test("pictures with the same pixels have the same hash, others have not", () => {
  assert.equal(pixelHash(cloud(1)), pixelHash(cloud(1)));
  assert.notEqual(pixelHash(cloud(1)), pixelHash(cloud(2)));
  const { data } = cloud(1);
  const shape = (width: number, height: number): Image => ({ width, height, order: "gray", data });
  assert.notEqual(pixelHash(shape(72, 64)), pixelHash(shape(64, 72)));
});

test("copies join the groups of their originals, and no split parts them", async () => {
  const images = new Map<string, Image>();
  const add = (id: string, group: string, image: Image): Sample => {
    images.set(id, image);
    return { id, group, image: { file: id }, labels: {}, split: "train" };
  };
  const samples = [
    add("a", "g1", cloud(1)),
    add("b", "g2", cloud(2)),
    add("b again", "g3", cloud(2)),
    add(
      "near a",
      "g2",
      lookup(cloud(1), (byte) => byte + 4),
    ),
    add("c", "g4", cloud(3)),
  ];
  const load = async ({ id }: Sample) => images.get(id)!;
  const joined = await joinDuplicates(samples, load);
  assert.equal(new Set(joined.slice(0, 4).map(({ group }) => group)).size, 1);
  assert.equal(joined[4]!.group, "g4");
  const exact = await joinDuplicates(samples, load, { copies: "exact" });
  assert.deepEqual(
    exact.map(({ group }) => group),
    ["g1", "g2", "g2", "g2", "g4"],
  );
  for (let seed = 0; seed < 20; seed++) {
    const split = splitByGroup(joined, { fractions: { train: 0.5, valid: 0.5 }, seed });
    assert.equal(new Set(split.slice(0, 4).map((sample) => sample.split)).size, 1);
  }
});
