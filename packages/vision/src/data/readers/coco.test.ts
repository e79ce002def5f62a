import assert from "node:assert/strict";
import { test } from "node:test";
import { needs, sharedData } from "../shared.test.support.ts";
import { boxesOf, folderOf } from "./reader.test.support.ts";
import { openDataset, readerOf } from "./table.ts";

const categories = [
  { id: 7, name: "dog" },
  { id: 3, name: "cat" },
];
const image = { id: 1, file_name: "a.jpg", width: 100, height: 50 };
const box = { id: 5, image_id: 1, category_id: 3, bbox: [10, 20, 30, 30], iscrowd: 0 };
const json = (fields: object = {}) => JSON.stringify({ images: [image], annotations: [box], categories, ...fields });
const open = async (content: string, options: object = {}) =>
  openDataset("coco", await folderOf({ "annotations/instances_train.json": content, "images/a.jpg": "" }), { options });

test("boxes with classes; a crowd is to be ignored, a picture without boxes has none to find", async () => {
  const images = [image, { ...image, id: 2, file_name: "b.jpg" }];
  const annotations = [
    box,
    { ...box, category_id: 7, iscrowd: 1, bbox: [0, 0, 100, 50] },
    { ...box, bbox: [69.75, 0, 30.5, 50] }, // over the edge by rounding
    { ...box, bbox: [4, 4, 0, 9] },
  ];
  const folder = await folderOf({
    "annotations/instances_train.json": json({ images, annotations }),
    "images/a.jpg": "",
    "images/b.jpg": "",
  });
  assert.equal(await readerOf(folder), "coco");
  const { samples, classes } = await openDataset("coco", folder);
  assert.deepEqual(classes, { objects: ["dog", "cat"] });
  assert.deepEqual(
    samples.map(({ id, group, split }) => [id, group, split]),
    ["images/a.jpg", "images/b.jpg"].map((id) => [id, id, "train"]),
  );
  assert.deepEqual(boxesOf(samples[0]!), [
    { box: { x: 10, y: 20, width: 30, height: 30 }, kind: "face", class: 1 },
    { box: { x: 0, y: 0, width: 100, height: 50 }, kind: "ignore", class: 0 },
    { box: { x: 69.75, y: 0, width: 30.25, height: 50 }, kind: "face", class: 1 },
  ]);
  assert.deepEqual(boxesOf(samples[1]!), []);
});

test("chosen classes have the order given, boxes of others are left out", async () => {
  const annotations = [box, { ...box, category_id: 7 }];
  const { samples, classes } = await open(json({ annotations }), { classes: ["cat"], task: "cats" });
  assert.deepEqual(classes, { cats: ["cat"] });
  assert.deepEqual(
    boxesOf(samples[0]!, "cats").map((one) => one.class),
    [0],
  );
  await assert.rejects(open(json(), { classes: ["cow"] }), {
    code: "vision/data-reader",
    message: /dog, cat, received cow/,
  });
});

test("files of several parts, each with a folder of its pictures", async () => {
  const folder = await folderOf({
    "annotations/instances_train2017.json": json(),
    "annotations/instances_val2017.json": json(),
    "annotations/captions_val2017.json": "{}",
    "train2017/a.jpg": "",
    "images/val2017/a.jpg": "",
  });
  const { samples } = await openDataset("coco", folder);
  assert.deepEqual(
    samples.map(({ id, split }) => [id, split]),
    [
      ["train2017/a.jpg", "train"],
      ["images/val2017/a.jpg", "valid"],
    ],
  );
});

test("one file and one folder by name", async () => {
  const folder = await folderOf({ "train/_annotations.coco.json": json(), "train/a.jpg": "" });
  const { samples } = await openDataset("coco", folder, {
    options: { annotations: "train/_annotations.coco.json", images: "train" },
  });
  assert.equal(samples[0]!.id, "train/a.jpg");
});

const bad: readonly (readonly [what: string, content: string, error: object])[] = [
  ["text", "no json", { code: "vision/data-table", message: /a COCO instances file in JSON/ }],
  ["an empty file", "", { code: "vision/data-table" }],
  ["no pictures", json({ images: [], annotations: [] }), { code: "vision/data-count" }],
  [
    "a number that is text",
    json({ annotations: [{ ...box, bbox: [1, 2, "3", 4] }] }),
    { code: "vision/data-table", message: /annotations, 0, bbox, 2.*expected number/ },
  ],
  [
    "an unknown category",
    json({ annotations: [{ ...box, category_id: 9 }] }),
    { code: "vision/data-table", message: /annotation 5.*7, 3, received 9/ },
  ],
  [
    "an unknown picture",
    json({ annotations: [{ ...box, image_id: 9 }] }),
    { code: "vision/data-table", message: /annotation 5.*received 9/ },
  ],
  [
    "a box outside",
    json({ annotations: [{ ...box, bbox: [90, 0, 30, 10] }] }),
    { code: "vision/data-table", message: /annotation 5: expected a box inside the picture of 100 x 50/ },
  ],
  [
    "a box of negative width",
    json({ annotations: [{ ...box, bbox: [90, 0, -30, 10] }] }),
    { code: "vision/data-table", message: /annotation 5/ },
  ],
  [
    "a picture that is not there",
    json({ images: [{ ...image, file_name: "b.jpg" }] }),
    { code: "vision/data-table", message: /picture 1: expected a file "b.jpg"/ },
  ],
  [
    "a category twice",
    json({ categories: [...categories, { id: 8, name: "cat" }] }),
    { code: "vision/data-table", message: /categories/ },
  ],
  [
    "a picture twice",
    json({ images: [image, { ...image, id: 2 }] }),
    { code: "vision/data-table", message: /a.jpg twice/ },
  ],
];
for (const [what, content, error] of bad) test(`${what} is refused`, () => assert.rejects(open(content), error));

// Counts and the first box from the folder's own description and its file.
test("the packed part of COCO 2017", needs("coco_mini"), async () => {
  const { samples, classes, load } = await openDataset("coco", sharedData("coco_mini"), { expect: { train: 130 } });
  assert.equal(await readerOf(sharedData("coco_mini")), "coco");
  const boxes = samples.flatMap((sample) => boxesOf(sample));
  assert.equal(boxes.length, 1_190);
  assert.equal(boxes.filter(({ kind }) => kind === "ignore").length, 12);
  assert.equal(classes.objects!.length, 80);
  assert.equal(new Set(boxes.map((one) => one.class)).size, 80);
  const first = samples.find(({ id }) => id === "images/000000000790.jpg")!;
  const dog = classes.objects!.indexOf("dog");
  assert.deepEqual(boxesOf(first)[0], {
    box: { x: 382.22, y: 259.03, width: 76.57, height: 54.24 },
    kind: "face",
    class: dog,
  });
  const picture = await load(first);
  assert.deepEqual([picture.width, picture.height], [480, 316]);
});
