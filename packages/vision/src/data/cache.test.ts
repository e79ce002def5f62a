import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Image } from "../image/image.ts";
import { createImageCache, packImages } from "./cache.ts";
import { decodeThrough } from "./decoded-files.ts";

const scratch = await mkdtemp(join(tmpdir(), "fovea-cache-"));
after(() => rm(scratch, { recursive: true }));

const plain = (value: number, side = 10): Image => ({
  width: side,
  height: side,
  order: "gray",
  data: new Uint8Array(side * side).fill(value),
});

test("the bound holds, and what was used longest ago goes first", async () => {
  const cache = createImageCache({ maximumBytes: 250 });
  const made: string[] = [];
  const get = (key: string) =>
    cache.get(key, async () => {
      made.push(key);
      return plain(key.charCodeAt(0));
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) assert.equal((await get(key)).data[0], key.charCodeAt(0));
  assert.deepEqual(made, ["a", "b", "c", "b"]);
  assert.equal(cache.sizeBytes, 200);
});

test("a picture above the bound is given and not kept; a failure is not kept either", async () => {
  const cache = createImageCache({ maximumBytes: 250 });
  assert.equal((await cache.get("large", async () => plain(1, 100))).width, 100);
  assert.equal(cache.sizeBytes, 0);
  await assert.rejects(cache.get("a", () => Promise.reject(new Error("broken"))));
  assert.equal((await cache.get("a", async () => plain(2))).data[0], 2);
});

test("those who ask at once share one decoding", async () => {
  const cache = createImageCache({ maximumBytes: 250 });
  let made = 0;
  const make = async () => {
    made++;
    return plain(1);
  };
  await Promise.all([cache.get("a", make), cache.get("a", make)]);
  assert.equal(made, 1);
});

test("a file on disk is decoded once; a torn copy is decoded again", async () => {
  const image: Image = { width: 2, height: 1, order: "bgr", data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  let decoded = 0;
  const decode = async () => {
    decoded++;
    return image;
  };
  const encoded = Uint8Array.of(9, 9);
  const same = async () =>
    assert.deepEqual(
      { ...(await decodeThrough(scratch, encoded, decode)), data: undefined },
      { ...image, data: undefined },
    );
  await same();
  await same();
  assert.equal(decoded, 1);
  const [name, ...others] = await readdir(scratch);
  assert.deepEqual(others, []);
  const stored = await readFile(join(scratch, name!));
  assert.deepEqual([...stored.subarray(16)], [...image.data]);
  await writeFile(join(scratch, name!), stored.subarray(0, stored.length - 1));
  await same();
  assert.equal(decoded, 2);
  assert.equal((await readFile(join(scratch, name!))).length, stored.length);
});

test("packed pictures are where they were put, and a different size is refused", () => {
  const packed = packImages([plain(1), plain(2), plain(3)]);
  assert.equal(packed.data.length, 300);
  assert.deepEqual(packed.at(1), plain(2));
  assert.throws(() => packImages([plain(1), plain(1, 11)]), { code: "vision/data-count", message: /picture 1/ });
});
