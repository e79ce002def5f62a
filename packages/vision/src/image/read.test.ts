import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readImage } from "./read.ts";

test("reads a file; a missing one, a directory and an unreadable one have errors of their own", async (context) => {
  const pictures = fileURLToPath(new URL("../../fixtures/pictures/", import.meta.url));
  assert.equal((await readImage(join(pictures, "rgb.png"))).width, 12);
  assert.equal((await readImage(join(pictures, "rgb.png"), { colors: "gray" })).order, "gray");
  await assert.rejects(readImage(join(pictures, "none.png")), { code: "vision/image-file-missing" });
  await assert.rejects(readImage(pictures), { code: "vision/image-file-is-directory" });

  const folder = await mkdtemp(join(tmpdir(), "fovea-read-"));
  context.after(() => rm(folder, { recursive: true }));
  const text = join(folder, "notes.jpg");
  await writeFile(text, "not a picture");
  await assert.rejects(readImage(text), (error: Error) => error.message.includes(text));
  await chmod(text, 0);
  // root may read anything
  if (process.getuid?.() !== 0) await assert.rejects(readImage(text), { code: "vision/image-file-unreadable" });
});
