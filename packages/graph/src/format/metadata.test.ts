import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createBuilder } from "../ops/build.ts";
import { replaceMetadata, withoutMetadata } from "./metadata.ts";
import { readOnnx } from "./read-onnx.ts";
import { writeOnnx } from "./write-onnx.ts";

function fileOf(metadata: Readonly<Record<string, string>>): Uint8Array {
  const build = createBuilder();
  build.output(build.relu(build.input("x", [1])), "y");
  return writeOnnx(build.build({ metadata }));
}

// names that are whole numbers would come first in an object, whatever the order in the file
const name = fc.string().map((text) => `k${text}`);
const texts = fc.dictionary(name, fc.string({ unit: "grapheme", maxLength: 300 }), {
  maxKeys: 4,
  noNullPrototype: true,
});

test("entries change as in the writer; the other bytes do not", () => {
  fc.assert(
    fc.property(texts, texts, (before, changes) => {
      const changed = replaceMetadata(fileOf(before), changes);
      assert.deepEqual(readOnnx(changed).metadata, { ...before, ...changes });
      assert.deepEqual(changed, fileOf({ ...before, ...changes }));
      assert.deepEqual(withoutMetadata(changed), fileOf({}));
    }),
  );
});

test("an entry is taken out; one that is there twice is there once; a later one keeps its place", () => {
  const bytes = fileOf({ a: "1", b: "2", c: "3" });
  assert.deepEqual(replaceMetadata(bytes, { b: undefined, x: undefined }), fileOf({ a: "1", c: "3" }));
  assert.deepEqual(
    replaceMetadata(bytes, { b: "x".repeat(40_000) }),
    fileOf({ a: "1", b: "x".repeat(40_000), c: "3" }),
  );
  const entry = fileOf({ a: "1" }).subarray(fileOf({}).length);
  const twice = Uint8Array.from([...fileOf({ a: "1" }), ...entry]);
  assert.deepEqual(replaceMetadata(twice, { a: "2" }), fileOf({ a: "2" }));
});

test("fields that nothing here knows stay; what is no model is refused", () => {
  // field 19 of 3 bytes between graph and metadata: tag (19 << 3 | 2) as a varint, length, content
  const [bare, entry] = [fileOf({}), fileOf({ a: "1" }).subarray(fileOf({}).length)];
  const bytes = Uint8Array.from([...bare, 0x9a, 0x01, 3, 7, 8, 9, ...entry]);
  assert.deepEqual(withoutMetadata(bytes), bytes.subarray(0, bytes.length - entry.length));
  assert.deepEqual(
    replaceMetadata(bytes, { a: undefined, b: "2" }).subarray(0, bare.length + 6),
    bytes.subarray(0, bare.length + 6),
  );
  assert.throws(() => replaceMetadata(new TextEncoder().encode("<html>"), {}), { code: /^graph\/onnx-/ });
});
