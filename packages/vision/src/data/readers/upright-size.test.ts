import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { folderOf } from "./reader.test.support.ts";
import { uprightSize } from "./upright-size.ts";

// Stored as 12 x 8 with the orientation of their names, by fixtures/make-pictures.py.
const fixture = (name: string) => readFile(new URL(`../../../fixtures/pictures/${name}`, import.meta.url));

test("orientations from 5 on lay a picture on its side", async () => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const folder = await folderOf({ "a.jpg": await fixture(`orientation-${orientation}.jpg`) });
    const { width, height } = await uprightSize(join(folder, "a.jpg"));
    assert.deepEqual([width, height], orientation < 5 ? [12, 8] : [8, 12], `${orientation}`);
  }
});

test("a header far behind is found, and an orientation at the end", async () => {
  const jpeg = await fixture("orientation-6.jpg");
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(0xfffd)]); // COM, 65,535 bytes
  const far = Buffer.concat([jpeg.subarray(0, 2), comment, comment, jpeg.subarray(2)]);
  const webp = await fixture("orientation-6.webp"); // its EXIF comes after the pixels
  const unknown = Buffer.concat([Buffer.from("ABCD"), Buffer.from([0, 0, 2, 0]), Buffer.alloc(0x20000)]); // chunk of 128 KiB
  const exif = webp.indexOf("EXIF");
  const late = Buffer.concat([webp.subarray(0, exif), unknown, webp.subarray(exif)]);
  late.writeUInt32LE(late.length - 8, 4);
  const folder = await folderOf({ "far.jpg": far, "late.webp": late });
  for (const name of ["far.jpg", "late.webp"]) {
    const { width, height } = await uprightSize(join(folder, name));
    assert.deepEqual([width, height], [8, 12], name);
  }
});

test("a file that is no picture, or not there, is refused", async () => {
  const folder = await folderOf({ "a.jpg": "words" });
  await assert.rejects(uprightSize(join(folder, "a.jpg")), { code: "vision/image-unknown-format" });
  await assert.rejects(uprightSize(join(folder, "b.jpg")), { code: "vision/data-missing" });
});
