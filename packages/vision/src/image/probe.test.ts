import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatOf, probe } from "./probe.ts";

// made by fixtures/make-pictures.py, which sets these properties
const folder = new URL("../../fixtures/pictures/", import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));

test("headers tell format, stored size, orientation, depth, colour model and alpha", () => {
  const table = {
    "plain.jpg": ["jpeg", 12, 8, 1, 8, "ycbcr", false],
    "orientation-7.jpg": ["jpeg", 12, 8, 7, 8, "ycbcr", false],
    "gray.jpg": ["jpeg", 12, 8, 1, 8, "gray", false],
    "cmyk.jpg": ["jpeg", 12, 8, 1, 8, "cmyk", false],
    "rgb.png": ["png", 12, 8, 1, 8, "rgb", false],
    "alpha.png": ["png", 12, 8, 1, 8, "rgb", true],
    "palette.png": ["png", 12, 8, 1, 4, "palette", false],
    "palette-alpha.png": ["png", 12, 8, 1, 4, "palette", true],
    "bits-1.png": ["png", 12, 8, 1, 1, "gray", false],
    "bits-16-gray.png": ["png", 12, 8, 1, 16, "gray", false],
    "orientation-6.png": ["png", 12, 8, 6, 8, "rgb", false],
    "orientation-3.webp": ["webp", 12, 8, 3, 8, "rgb", false],
    "alpha.webp": ["webp", 12, 8, 1, 8, "rgb", true],
    "lossy.webp": ["webp", 12, 8, 1, 8, "rgb", false],
    "plain.avif": ["avif", 32, 24, 1, 8, "ycbcr", false],
    "irot-1.avif": ["avif", 32, 24, 8, 8, "ycbcr", false],
    "imir-1.avif": ["avif", 32, 24, 2, 8, "ycbcr", false],
    "huge.png": ["png", 30000, 30000, 1, 1, "gray", false],
  } as const;
  for (const [name, expected] of Object.entries(table)) {
    const header = probe(read(name));
    const { format, width, height, orientation, bitDepth, colorModel, alpha } = header;
    assert.deepEqual([format, width, height, orientation, bitDepth, colorModel, alpha], expected, name);
    assert.equal(header.complete, true, name);
    assert.equal(header.animated, false, name);
  }
});

test("a file that lacks its last byte is not complete", () => {
  for (const name of ["plain.jpg", "rgb.png", "lossy.webp", "plain.avif"]) {
    assert.equal(probe(read(name).subarray(0, -1)).complete, false, name);
  }
});

test("the thumbnail's end marker inside EXIF does not count as the end of the picture", () => {
  const jpeg = read("orientation-6.jpg");
  // FF D9 inside a comment segment, before the scan
  const comment = Uint8Array.from([0xff, 0xfe, 0, 6, 0xff, 0xd9, 0xff, 0xd9]);
  const withComment = Uint8Array.from([...jpeg.subarray(0, 2), ...comment, ...jpeg.subarray(2)]);
  assert.equal(probe(withComment).complete, true);
  assert.equal(probe(withComment.subarray(0, -2)).complete, false);
  assert.equal(probe(withComment).orientation, 6);
});

test("an orientation outside 1 to 8 counts as upright", () => {
  const jpeg = read("orientation-6.jpg");
  const at = jpeg.findIndex((_, i) => jpeg[i] === 0x01 && jpeg[i + 1] === 0x12) + 8; // tag 0x0112, big-endian
  const little = jpeg.findIndex((_, i) => jpeg[i] === 0x12 && jpeg[i + 1] === 0x01) + 8;
  for (const value of [0, 9, 200]) {
    const changed = Uint8Array.from(jpeg);
    if (at > 8) changed[at + 1] = value;
    else changed[little] = value;
    assert.equal(probe(changed).orientation, 1);
  }
});

test("the format is found by the first bytes, and other formats are named", () => {
  assert.equal(formatOf(read("plain.jpg")), "jpeg");
  assert.equal(formatOf(new TextEncoder().encode("hello")), undefined);
  const named = (text: string) => () => probe(Uint8Array.from(text, (c) => c.charCodeAt(0)));
  assert.throws(named("GIF89a"), /received GIF/);
  assert.throws(named("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), /received HEIC/);
  assert.throws(named("\0\0\0\x14ftypisom\0\0\0\0isom"), /received a video/);
  assert.throws(named("<!DOCTYPE html><html>"), /received HTML/);
  assert.throws(named("\x01\x02\x03"), /bytes that start with 01 02 03/);
});
