import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import fc from "fast-check";
import { decode } from "./decode.ts";

const folder = new URL("../../fixtures/pictures/", import.meta.url);
const names = [
  "plain.jpg",
  "progressive.jpg",
  "palette-alpha.png",
  "bits-16-alpha.png",
  "lossy.webp",
  "alpha.webp",
  "irot-1.avif",
];
const files = names.map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
const seed = 20260;

const decodesOrRefuses = async (bytes: Uint8Array) => {
  try {
    const { width, height, data } = await decode(bytes, { maxPixels: 1e5 });
    assert.equal(data.length, width * height * 3);
  } catch (thrown) {
    if (!(thrown instanceof FoveaError)) throw thrown;
    // the codec could not be started: a fuzzed file must never be told this
    assert.notEqual(thrown.code, "vision/image-codec", thrown.message);
  }
};

const stillDecode = async () => {
  for (const [index, bytes] of files.entries()) {
    const { width, height } = await decode(bytes);
    assert.ok(width > 0 && height > 0, names[index]);
  }
};

test(`random bytes after any signature give a FoveaError or a picture (seed ${seed})`, async () => {
  const signature = fc.constantFrom(...files).chain((bytes) => fc.nat(40).map((length) => bytes.subarray(0, length)));
  await fc.assert(
    fc.asyncProperty(signature, fc.uint8Array({ maxLength: 200 }), (start, rest) =>
      decodesOrRefuses(Uint8Array.from([...start, ...rest])),
    ),
    { seed, numRuns: 300 },
  );
  await stillDecode();
});

test(`a file cut anywhere never gives a picture (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), async (bytes, share) => {
      const cut = bytes.subarray(0, Math.min(bytes.length - 1, Math.floor(share * bytes.length)));
      await assert.rejects(decode(cut), FoveaError);
    }),
    { seed, numRuns: 300 },
  );
  await stillDecode();
});

test(`flipped bytes give a FoveaError or a picture of the size that the header says (seed ${seed})`, async () => {
  const change = fc.tuple(fc.nat(), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 8 }), (bytes, changes) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, value] of changes) changed[at % changed.length] = value;
      return decodesOrRefuses(changed);
    }),
    { seed, numRuns: 400 },
  );
  await stillDecode();
});
