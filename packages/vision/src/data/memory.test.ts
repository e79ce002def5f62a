import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decode } from "../image/decode.ts";
import type { Image } from "../image/image.ts";
import { memoryDataset } from "./memory.ts";
import { imageOf } from "./picture-source.ts";

const image = (value: number): Image => ({ width: 2, height: 1, order: "gray", data: Uint8Array.of(value, value) });

test("samples keep their labels; names, groups and the split have defaults", async () => {
  const dataset = memoryDataset({
    name: "mine",
    classes: { class: ["a", "b"] },
    samples: [
      { image: image(1), labels: { class: { kind: "class", index: 0 } } },
      { id: "x", image: image(2), labels: {}, group: "burst", split: "valid" },
    ],
  });
  assert.deepEqual(
    dataset.samples.map(({ id, group, split }) => [id, group, split]),
    [
      ["0", "0", "train"],
      ["x", "burst", "valid"],
    ],
  );
  assert.equal((await dataset.load(dataset.samples[1]!)).data[0], 2);
  assert.equal(dataset.terms.publishable, false);
  await assert.rejects(dataset.load({ ...dataset.samples[0]!, id: "other" }), { code: "vision/data-missing" });
});

test("two samples of one name are refused", () => {
  const samples = ["x", "x"].map((id) => ({ id, image: image(1), labels: {} }));
  assert.throws(() => memoryDataset({ name: "mine", samples }), { code: "vision/data-count", message: /"x"/ });
});

test("pixels come from a picture, bytes or a Blob; anything else is told", async () => {
  const bytes = await readFile(new URL("../../fixtures/pictures/rgb.png", import.meta.url));
  const expected = await decode(bytes);
  assert.deepEqual(await imageOf(bytes), expected);
  assert.deepEqual(await imageOf(new Blob([Uint8Array.from(bytes)])), expected);
  assert.equal(await imageOf(expected), expected);
  for (const wrong of ["photo.jpg", null, { width: 3, height: 3 }])
    await assert.rejects(imageOf(wrong as object, { name: "the third" }), {
      code: "vision/image-argument",
      message: /the third/,
    });
});
