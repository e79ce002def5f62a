import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import { createRandom } from "../augment/random.ts";
import { crop } from "../image/crop.ts";
import { encodePng } from "../image/encode.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { pixelHash } from "./duplicates.ts";
import { fingerprintPictures } from "./fingerprints.ts";
import { printOf } from "./near-duplicates.ts";
import { thumbnailOf } from "./thumbnail.ts";

const scratch = await mkdtemp(join(tmpdir(), "fovea-fingerprints-"));
after(() => rm(scratch, { recursive: true }));

const cloud = (key: number): Image => {
  const random = createRandom("cloud", key);
  const data = Uint8Array.from({ length: 108 }, () => random.integer(256));
  return resize({ width: 6, height: 6, order: "rgb", data }, { width: 60, height: 40, filter: "bicubic" });
};

test("pictures keep their order over threads, tiles are cut out, and a bad file fails alone", async () => {
  const images: Image[] = [];
  const references = [];
  for (let i = 0; i < 70; i++) {
    const file = join(scratch, `${i}.png`);
    images.push(cloud(i));
    await writeFile(file, await encodePng(cloud(i)));
    references.push({ file });
  }
  const tile = { x: 10, y: 5, width: 30, height: 20 };
  await writeFile(join(scratch, "bad.png"), "no picture");
  const all = [
    ...references,
    { file: join(scratch, "bad.png") },
    { file: join(scratch, "missing.png") },
    { file: references[3]!.file, tile },
  ];
  const counts: number[] = [];
  const prints = await fingerprintPictures(all, { threads: 2, onProgress: (done) => counts.push(done) });
  const expected = (image: Image) => ({ pixels: pixelHash(image), ...printOf(thumbnailOf(image)) });
  images.forEach((image, i) => {
    assert.deepEqual(prints[i], expected(image), `picture ${i}`);
  });
  const [bad, missing, cut] = prints.slice(70);
  assert.ok(bad instanceof FoveaError && bad.code === "vision/image-unknown-format" && bad.message.includes("bad.png"));
  assert.ok(missing instanceof FoveaError && missing.code === "vision/data-missing");
  assert.deepEqual(cut, expected(crop(images[3]!, tile)));
  assert.equal(counts.at(-1), 73);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );
});

test("nothing gives nothing; a stop ends it", async () => {
  assert.deepEqual(await fingerprintPictures([], { threads: 2 }), []);
  const stopped = fingerprintPictures([{ file: "x" }], { threads: 1, signal: AbortSignal.abort() });
  await assert.rejects(stopped, { name: "AbortError" });
});
