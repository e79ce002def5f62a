import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readPath as readPathInPage } from "../files/browser.ts";
import { type FileInput, formOf } from "./form.ts";

const bytes = Uint8Array.of(1, 2, 3);
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-client-"));
  await writeFile(join(folder, "a b.png"), bytes);
});
after(() => rm(folder, { recursive: true }));

const filesOf = (form: FormData) =>
  Promise.all(
    form.getAll("files").map(async (file) => {
      assert.ok(file instanceof File);
      return [file.name, ...new Uint8Array(await file.arrayBuffer())];
    }),
  );

test("paths, Files, Blobs, bytes and bytes with a name, in their order", async () => {
  const larger = Uint8Array.of(9, 1, 2, 3, 9);
  const form = await formOf(
    [
      join(folder, "a b.png"),
      new File([bytes], "f.jpg"),
      new Blob([bytes]),
      bytes,
      bytes.buffer,
      { name: "n.webp", bytes },
      larger.subarray(1, 4),
    ],
    { part: "files" },
  );
  assert.deepEqual(
    await filesOf(form),
    ["a b.png", "f.jpg", "3", "4", "5", "n.webp", "7"].map((name) => [name, 1, 2, 3]),
  );
});

test("one file without a list; fields beside it, but those that are undefined", async () => {
  const form = await formOf(bytes, { part: "files", fields: { iou: 0.5, seed: undefined, split: "test" } });
  assert.deepEqual([...form.keys()], ["iou", "split", "files"]);
  assert.equal(form.get("iou"), "0.5");
});

test("bytes are those at the time of the call", async () => {
  const mine = Uint8Array.of(1, 2, 3);
  const form = await formOf(mine, { part: "files" });
  mine.fill(0);
  assert.deepEqual(await filesOf(form), [["1", 1, 2, 3]]);
});

test("what is no file is refused, with what it is", async () => {
  for (const wrong of [null, 3, {}, { name: "a" }, { bytes }]) {
    await assert.rejects(formOf(wrong as unknown as FileInput, { part: "files" }), { code: "client/bad-picture" });
  }
  const path = join(folder, "none.png");
  await assert.rejects(formOf(path, { part: "files" }), { code: "client/unreadable-file", message: /ENOENT/ });
  await assert.rejects(readPathInPage("a.png"), { code: "client/no-paths-here" });
});
