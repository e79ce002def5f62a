// Expected values by hand.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { encodePng } from "@foveajs/vision";
import { readCommit } from "./commit.ts";
import { createPictureLoader, releaseFiles } from "./release.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-release-"));
  await mkdir(join(folder, "b"));
  await writeFile(join(folder, "labels.csv"), "file\n");
  await writeFile(join(folder, ".hidden"), "");
  const data = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  await writeFile(join(folder, "b", "sheet.png"), await encodePng({ width: 4, height: 3, order: "gray", data }));
});
after(() => rm(folder, { recursive: true }));

test("files by name, sorted, hidden ones passed over; a file that is not there is none, a folder that is not is an error", async () => {
  const files = releaseFiles(folder);
  assert.deepEqual(await files.names(), ["b/sheet.png", "labels.csv"]);
  assert.equal(await files.text("labels.csv"), "file\n");
  assert.equal(await files.text("images.csv"), undefined);
  const none = releaseFiles(join(folder, "none"));
  await assert.rejects(none.text("labels.csv"), { code: "operations/missing-file" });
  await assert.rejects(none.names(), { code: "operations/missing-file" });
});

test("pictures: whole files, tiles of sheets, pixels of label files; never outside of the folder", async () => {
  const load = createPictureLoader(folder);
  const whole = await load({ file: "b/sheet.png" });
  assert.deepEqual([whole.width, whole.height], [4, 3]);
  const tile = await load({ file: "b/sheet.png", tile: { x: 2, y: 1, width: 2, height: 2 } });
  const grey = Array.from(tile.data).filter((_, i) => i % (tile.data.length / 4) === 0);
  assert.deepEqual(grey, [120, 140, 200, 220]);
  const pixels = Uint8Array.of(1, 2);
  assert.deepEqual(await load({ width: 2, height: 1, pixels }), { width: 2, height: 1, order: "gray", data: pixels });
  for (const file of ["../x.png", "b/../../x.png", "/etc/hostname", "..\\x.png"]) {
    await assert.rejects(load({ file }), { code: "operations/missing-file" });
  }
});

test("the commit: of the repository whose root the folder is, marked where a file differs, none elsewhere", async () => {
  const root = join(folder, "b");
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-C", root, "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", ...args],
      {
        encoding: "utf8",
      },
    ).trim();
  assert.equal(await readCommit(root), null);
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "-m", "one");
  const commit = git("rev-parse", "HEAD");
  assert.equal(await readCommit(root), commit);
  await writeFile(join(root, "sheet.png"), "else");
  assert.equal(await readCommit(root), `${commit}-dirty`);
  await mkdir(join(root, "deeper"));
  assert.equal(await readCommit(join(root, "deeper")), null);
});
