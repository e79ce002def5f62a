import assert from "node:assert/strict";
import { test } from "node:test";
import type { DatasetCheck } from "@foveajs/operations";
import { createStyle } from "../output/style.ts";
import { checkDatasetsView } from "./datasets.ts";

const copies = (number: number, leaks = false): DatasetCheck => ({
  type: "copies",
  kind: "near",
  similarity: 0.98,
  mirrored: true,
  leaks,
  conflicts: [{ task: "mood", first: "glad", second: "sad" }],
  first: { folder: "a", id: `${number}.jpg`, split: "train" },
  second: { folder: "b", id: "bad\u001b[2K.jpg", split: "test" },
});
const group: DatasetCheck = { type: "group", dataset: "a", group: "Anna", splits: { train: 2, test: 1 } };
const summary: DatasetCheck = {
  type: "summary",
  pictures: 1234,
  unreadable: 1,
  exact_copies: 0,
  near_copies: 1,
  label_conflicts: 0,
  leaking_copies: 0,
  leaking_groups: 0,
  milliseconds: 1500,
};

const shown = (...results: DatasetCheck[]) => {
  const view = checkDatasetsView({ style: createStyle({ isColored: false }) });
  return results.map((result) => view.item(result)).join("");
};

test("copies say what they are, where they are and what is wrong; names cannot move the cursor", () => {
  assert.equal(
    shown(copies(1, true)),
    "near copy 0.980, mirrored  leaks  mood: glad or sad  a 1.jpg train = b bad?[2K.jpg test\n",
  );
});

test("what is more than can be read is counted", () => {
  const many = Array.from({ length: 25 }, (_, i) => copies(i));
  const lines = shown(...many, summary).split("\n");
  assert.equal(lines.filter((line) => line.startsWith("near copy")).length, 20);
  assert.match(lines[20]!, /and 5 more/);
  const withGroups = shown(...many, group, summary).split("\n");
  assert.equal(withGroups.filter((line) => line.includes("more")).length, 1);
  assert.equal(withGroups[21], "leaks  group Anna of a: 2 train, 1 test");
});

test("the end says what it comes to", () => {
  assert.equal(
    shown(summary),
    "total: 1,234 pictures, no exact copies, 1 near copy, no label conflicts, 1 unreadable, 1.5 s\nnothing leaks across splits\n",
  );
  const leaking = shown({ ...summary, leaking_copies: 2, leaking_groups: 1 });
  assert.match(leaking, /2 pairs of copies and 1 group across splits\n$/);
});

test("a folder shows its classes with bars, an empty class too", () => {
  const text = shown({
    type: "folder",
    folder: "faces",
    reader: "folder",
    pictures: { train: 30, test: 10 },
    unreadable: 2,
    classes: { mood: { glad: { train: 28, test: 10 }, sad: {} } },
  });
  assert.match(text, /^faces {2}30 train, 10 test, 2 unreadable {2}read by folder\n {2}mood\n/);
  assert.match(text, /glad {2}38 {2}█{20} {2}28 train, 10 test\n/);
  assert.match(text, /sad {4}0\n/);
});
