import assert from "node:assert/strict";
import { test } from "node:test";
import { needs, sharedData } from "../shared.test.support.ts";
import type { Sample } from "../types.ts";
import { folderOf, pngOf } from "./reader.test.support.ts";
import { openDataset, readerOf } from "./table.ts";

const classes = (samples: readonly Sample[], task: string) =>
  samples.map(({ labels: { [task]: label } }) => (label?.kind === "class" ? label.index : undefined));
const count = (values: readonly unknown[], value: unknown) => values.filter((one) => one === value).length;
const groups = (samples: readonly Sample[]) => new Set(samples.map(({ group }) => group)).size;

test("eyes: neighbouring numbers are one group, open or closed, and copies join groups", async () => {
  // two pictures that are equal, and one that is not
  const [a, b] = [await pngOf(8, 8), await pngOf(8, 9)];
  const folder = await folderOf({
    "labels.csv": "file,open,original_file\nclosed_1.png,0,x\nopen_3.png,1,x\nopen_4.png,1,x\nopen_90.png,1,x\n",
    "closed_1.png": a,
    "open_3.png": b,
    "open_4.png": b,
    "open_90.png": a,
  });
  assert.equal(await readerOf(folder), "eyes_open_closed");
  const kept = await openDataset("eyes_open_closed", folder, { options: { copies: "keep" } });
  assert.deepEqual(kept.classes, { eye: ["closed", "open"] });
  assert.deepEqual(classes(kept.samples, "eye"), [0, 1, 1, 1]);
  const [first, ...others] = kept.samples.map(({ group }) => group);
  assert.deepEqual(
    others.map((group) => group === first),
    [true, false, false],
  );
  assert.equal(groups(kept.samples), 3);
  assert.equal(groups((await openDataset("eyes_open_closed", folder)).samples), 1);
});

test("masks: the group is the table's", async () => {
  const folder = await folderOf({
    "labels.csv": "file,mask,group,detector_score\na.png,1,7,0.9\nb.png,0,7,0.9\nc.png,0,8,0.9\n",
    "a.png": "",
    "b.png": "",
    "c.png": "",
  });
  assert.equal(await readerOf(folder), "face_mask");
  const { samples, classes: names } = await openDataset("face_mask", folder);
  assert.deepEqual(names, { mask: ["no", "yes"] });
  assert.deepEqual(classes(samples, "mask"), [1, 0, 0]);
  assert.deepEqual(
    samples.map(({ group, split }) => [group, split]),
    ["7", "7", "8"].map((group) => [group, "train"]),
  );
});

test("a picture that is not there, a label that is none, a name without a number, a table without rows", async () => {
  const open = async (reader: string, table: string) =>
    openDataset(reader, await folderOf({ "labels.csv": table, "a_1.png": "", "b.png": "" }));
  const missing = { code: "vision/data-table", message: /line 2, column "file": expected a picture file.*"c_1.png"/ };
  await assert.rejects(open("eyes_open_closed", "file,open\nc_1.png,1\n"), missing);
  await assert.rejects(open("face_mask", "file,mask,group\nc_1.png,1,1\n"), missing);
  await assert.rejects(open("eyes_open_closed", "file,open\na_1.png,2\n"), {
    message: /column "open".*from 0 to 1, received "2"/,
  });
  await assert.rejects(open("face_mask", "file,mask,group\nb.png,,1\n"), { message: /column "mask".*received ""/ });
  await assert.rejects(open("eyes_open_closed", "file,open\nb.png,1\n"), { message: /a name that ends in a number/ });
  await assert.rejects(open("face_mask", "file,mask,group\n"), { code: "vision/data-count" });
});

// Counts from the folders' own descriptions; groups of the mask table by its column.
test("the sets at hand", needs("eyes_open_closed", "face_mask"), async () => {
  const eyes = await openDataset("eyes_open_closed", sharedData("eyes_open_closed"), { expect: { train: 1_163 } });
  assert.deepEqual(
    [0, 1].map((index) => count(classes(eyes.samples, "eye"), index)),
    [591, 572],
  );
  const sizes = new Map<string, number>();
  for (const { group } of eyes.samples) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  assert.ok(
    sizes.size > 100 && Math.max(...sizes.values()) < 60,
    `${sizes.size} groups, ${Math.max(...sizes.values())}`,
  );
  const masks = await openDataset("face_mask", sharedData("face_mask"), { expect: { train: 1_220 } });
  assert.deepEqual(
    [0, 1].map((index) => count(classes(masks.samples, "mask"), index)),
    [610, 610],
  );
  assert.equal(groups(masks.samples), 801);
});
