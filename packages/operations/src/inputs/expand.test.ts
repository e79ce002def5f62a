import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { expandInputs } from "./expand.ts";
import { fileError, readImageFile, readImageStream } from "./read-file.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-expand-"));
  for (const name of ["photos/inner", "photos/.hidden", "empty", "text"])
    await mkdir(join(folder, name), { recursive: true });
  const files = ["b.jpg", "a.JPEG", "a.overlay.jpg", "notes.txt", "inner/c.webp", ".hidden/d.jpg", "one[1].png"];
  for (const file of files) await writeFile(join(folder, "photos", file), "x");
  await writeFile(join(folder, "text/readme.txt"), "x");
  await writeFile(join(folder, "photos/zero.jpg"), "");
});
after(() => rm(folder, { recursive: true }));

const expand = async (...inputs: string[]) =>
  (await expandInputs(inputs, { folder })).map((found) =>
    found.kind === "file" ? found.path : found.kind === "stdin" ? "-" : found.error.code,
  );

test("a folder: images of it and its sub-folders by name, without hidden ones and drawn overlays", async () => {
  const expected = ["photos/a.JPEG", "photos/b.jpg", "photos/inner/c.webp", "photos/one[1].png", "photos/zero.jpg"];
  assert.deepEqual(await expand("photos"), expected);
  assert.deepEqual(await expand("photos/"), expected);
});

test("a pattern takes what it matches; a file whose name looks like one is a file", async () => {
  assert.deepEqual(await expand("photos/*.jpg"), ["photos/a.overlay.jpg", "photos/b.jpg", "photos/zero.jpg"]);
  assert.deepEqual(await expand("photos/**/*.webp"), ["photos/inner/c.webp"]);
  assert.deepEqual(await expand("photos/one[1].png"), ["photos/one[1].png"]);
});

test("each failure stands in its place, under its own code", async () => {
  assert.deepEqual(await expand("missing.jpg", "photos/b.jpg", "empty", "text", "*.tiff", "photos/b.jpg/x"), [
    "operations/missing-file",
    "photos/b.jpg",
    "operations/empty-folder",
    "operations/empty-folder",
    "operations/no-match",
    "operations/missing-file",
  ]);
});

test("what is named twice comes once, also by another path", async () => {
  assert.deepEqual(await expand("photos/b.jpg", "-", "photos/../photos/b.jpg", "photos/b*", "-"), [
    "photos/b.jpg",
    "-",
  ]);
});

test("files: bytes, or an error that says which file and why", async () => {
  assert.deepEqual([...(await readImageFile(join(folder, "photos/b.jpg")))], [120]);
  await assert.rejects(readImageFile(join(folder, "photos/zero.jpg")), { code: "operations/empty-file" });
  await assert.rejects(readImageFile(join(folder, "none.jpg")), { code: "operations/missing-file" });
  await assert.rejects(readImageFile(join(folder, "photos")), { code: "operations/read-failed" });
  // Root may read everything, so the right to read is tested by the error of the system.
  const denied = Object.assign(new Error("denied"), { code: "EACCES" });
  assert.equal((fileError("a.jpg", denied) as { code: string }).code, "operations/unreadable-file");
});

test("a stream is read to its end; an empty one is an error", async () => {
  async function* pieces(...parts: number[][]) {
    for (const part of parts) yield Uint8Array.from(part);
  }
  assert.deepEqual([...(await readImageStream(pieces([1, 2], [3]), "-"))], [1, 2, 3]);
  await assert.rejects(readImageStream(pieces(), "-"), { code: "operations/empty-file" });
});
