import assert from "node:assert/strict";
import { test } from "node:test";
import { flipImage } from "../augment/flip.ts";
import { lookup } from "../augment/lookup.ts";
import { createRandom } from "../augment/random.ts";
import { convertColor } from "../image/color.ts";
import { crop } from "../image/crop.ts";
import { decode } from "../image/decode.ts";
import { encodeJpeg } from "../image/encode.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { findNearDuplicates, printOf } from "./near-duplicates.ts";
import { proceduralBackground } from "./procedural.ts";
import { thumbnailOf } from "./thumbnail.ts";

const size = 96;
/** Clouds of colour, some striped, with boxes over them. */
function picture(key: number): Image {
  const random = createRandom("picture", key);
  const image = proceduralBackground(size, random);
  for (let box = 0; box < 5; box++) {
    const [left, top, width, height] = [
      random.integer(70),
      random.integer(70),
      8 + random.integer(40),
      8 + random.integer(40),
    ];
    const tone = random.integer(256);
    for (let y = top; y < Math.min(size, top + height); y++) {
      image.data.fill(tone, (y * size + left) * 3, (y * size + Math.min(size, left + width)) * 3);
    }
  }
  return image;
}

const compressed = async (image: Image, quality: number) => decode(await encodeJpeg(image, { quality }));
const scaled = (image: Image, factor: number) =>
  resize(image, { width: Math.round(image.width * factor), height: Math.round(image.height * factor) });
/** Keeps a share of each side; x and y say how much of what is cut lies to the left and above. */
const cropped = (image: Image, keep: number, x: number, y: number) => {
  const [width, height] = [image.width * keep, image.height * keep];
  return crop(image, { x: x * (image.width - width), y: y * (image.height - height), width, height });
};

const changes: Readonly<Record<string, (image: Image) => Image | Promise<Image>>> = {
  smaller: (image) => scaled(image, 0.5),
  larger: (image) => scaled(image, 1.7),
  stretched: (image) => resize(image, { width: 120, height: 80 }),
  "crop of 5 % at a corner": (image) => cropped(image, 0.95, 0, 1),
  "crop of 5 % off the middle": (image) => cropped(image, 0.95, 0.3, 0.7),
  "crop of 10 %": (image) => cropped(image, 0.9, 0.9, 0.2),
  "JPEG 60": (image) => compressed(image, 60),
  mirror: flipImage,
  darker: (image) => lookup(image, (byte) => byte * 0.7 + 10),
  gray: (image) => convertColor(image, "gray"),
  "all of it": (image) => compressed(flipImage(scaled(cropped(image, 0.95, 0.6, 0.1), 0.6)), 60),
};

test("copies are found whatever was done to them, with their mirror images told apart", async () => {
  const originals = Array.from({ length: 60 }, (_, key) => picture(key));
  for (const [name, change] of Object.entries(changes)) {
    const copies = await Promise.all(originals.slice(0, 12).map(change));
    const pairs = await findNearDuplicates([...originals, ...copies].map((image) => printOf(thumbnailOf(image))));
    assert.deepEqual(
      pairs.map(({ a, b, mirrored }) => ({ a, b, mirrored })),
      copies.map((_, i) => ({ a: i, b: 60 + i, mirrored: name === "mirror" || name === "all of it" })),
      name,
    );
    for (const { similarity } of pairs) assert.ok(similarity > 0.93 && similarity <= 1);
  }
});

test("neither flat pictures nor pictures of like layout are copies", async () => {
  const flat = (tone: number): Image => ({
    width: 20,
    height: 20,
    order: "gray",
    data: new Uint8Array(400).fill(tone).map((byte, i) => byte + (i % 2)),
  });
  // the same shading, other things on it
  const scene = (key: number): Image => {
    const random = createRandom("scene", key);
    const data = Uint8Array.from({ length: size * size }, (_, i) => 60 + (i % size) + Math.floor(i / size / 2));
    for (let box = 0; box < 4; box++) {
      const [left, top] = [10 + random.integer(60), 10 + random.integer(60)];
      for (let y = top; y < top + 14; y++) data.fill(30 + random.integer(200), y * size + left, y * size + left + 14);
    }
    return { width: size, height: size, order: "gray", data };
  };
  const images = [flat(10), flat(10), flat(200), ...Array.from({ length: 40 }, (_, key) => scene(key))];
  assert.deepEqual(await findNearDuplicates(images.map((image) => printOf(thumbnailOf(image)))), []);
});

test("no pictures have no copies; progress counts them", async () => {
  assert.deepEqual(await findNearDuplicates([]), []);
  const counts: number[] = [];
  const prints = [1, 2, 3].map((key) => printOf(thumbnailOf(picture(key))));
  await findNearDuplicates(prints, { onProgress: (done) => counts.push(done) });
  assert.deepEqual(counts, [1, 2, 3]);
  await assert.rejects(findNearDuplicates(prints, { signal: AbortSignal.abort() }), { name: "AbortError" });
});
