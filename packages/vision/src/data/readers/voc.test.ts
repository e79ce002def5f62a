import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesOf, folderOf, pngOf } from "./reader.test.support.ts";
import { openDataset, readerOf } from "./table.ts";

const picture = await pngOf(100, 50);
const object = (name: string, box: readonly (number | string)[], more = "") => {
  const [xmin, ymin, xmax, ymax] = box;
  return `<object><name>${name}</name>${more}<bndbox><xmax>${xmax}</xmax><xmin>${xmin}</xmin><ymin>${ymin}</ymin><ymax>${ymax}</ymax></bndbox></object>`;
};
const size = "<size><width>100</width><height>50</height><depth>3</depth></size>";
const file = (...inside: string[]) => `<?xml version="1.0"?>\n<annotation>\n${inside.join("\n")}\n</annotation>\n`;
const cat = object("cat", [11, 21, 40, 50]);
const open = async (files: Readonly<Record<string, string | Uint8Array>>, options: object = {}) =>
  openDataset("voc", await folderOf({ "JPEGImages/a.png": picture, ...files }), { options });

// Boxes worked out by hand: pixels 11 to 40 of a row, counted from 1, are the 30 pixels from edge 10 to edge 40.
test("objects with classes by name; difficult ones may be missed; parts of a person are not objects", async () => {
  const folder = await folderOf({
    "JPEGImages/a.png": picture,
    "Annotations/a.xml": file(
      "<filename>a.png</filename>",
      size,
      object("dog", [1, 1, 100, 50], "<difficult>1</difficult>"),
      cat,
      `<object><name>cat</name><part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part>
       <bndbox><xmin>45.5</xmin><ymin>1</ymin><xmax>60.5</xmax><ymax>2</ymax></bndbox></object>`,
    ),
  });
  assert.equal(await readerOf(folder), "voc");
  const { samples, classes } = await openDataset("voc", folder);
  assert.deepEqual(classes, { objects: ["cat", "dog"] });
  assert.deepEqual(boxesOf(samples[0]!), [
    { box: { x: 0, y: 0, width: 100, height: 50 }, kind: "hard", class: 1 },
    { box: { x: 10, y: 20, width: 30, height: 30 }, kind: "face", class: 0 },
    { box: { x: 44.5, y: 0, width: 16, height: 2 }, kind: "face", class: 0 },
  ]);
  const [{ id, group, split }] = samples as [(typeof samples)[0]];
  assert.deepEqual([id, group, split], ["JPEGImages/a.png", "JPEGImages/a.png", "train"]);
});

test("lists make the parts; what no list names is left out", async () => {
  const stems = ["a", "b", "c", "d"];
  const { samples } = await open({
    ...Object.fromEntries(stems.map((stem) => [`Annotations/${stem}.xml`, file(size, cat)])),
    ...Object.fromEntries(stems.map((stem) => [`JPEGImages/${stem}.png`, picture])),
    "ImageSets/Main/train.txt": "b\n",
    "ImageSets/Main/val.txt": "a\r\n",
    "ImageSets/Main/trainval.txt": "a\nb\nc\n",
    "ImageSets/Main/cat_train.txt": "d 1\n",
  });
  assert.deepEqual(Object.fromEntries(samples.map(({ id, split }) => [id.slice(-5, -4), split])), {
    a: "valid",
    b: "train",
    c: "train",
  });
});

test("a file of another tool: no size, another machine's name, edges counted from 0", async () => {
  const { samples } = await open({
    "Annotations/a.xml": file(
      "<filename>IMG_1.JPG</filename>",
      "<size><width>0</width><height>0</height></size>",
      object("cat", [0, 0, 9, 9]),
    ),
  });
  assert.deepEqual(boxesOf(samples[0]!)[0]!.box, { x: 0, y: 0, width: 9, height: 9 });
});

test("chosen classes have the order given, boxes of others are left out", async () => {
  const files = { "Annotations/a.xml": file(size, cat, object("dog", [1, 1, 9, 9]), object("ant", [1, 1, 9, 9])) };
  const { samples, classes } = await open(files, { classes: ["dog", "cat"], task: "pets" });
  assert.deepEqual(classes, { pets: ["dog", "cat"] });
  assert.deepEqual(
    boxesOf(samples[0]!, "pets").map((one) => one.class),
    [1, 0],
  );
  await assert.rejects(open(files, { classes: ["cow"] }), {
    code: "vision/data-reader",
    message: /ant, cat, dog, received cow/,
  });
});

const bad: readonly (readonly [what: string, files: Readonly<Record<string, string>>, error: object])[] = [
  [
    "no XML",
    { "Annotations/a.xml": "cat 1 2 3 4" },
    { code: "vision/data-table", message: /a.xml: expected an annotation in XML/ },
  ],
  ["an empty file", { "Annotations/a.xml": "" }, { code: "vision/data-table" }],
  [
    "another document",
    { "Annotations/a.xml": "<svg/>" },
    { code: "vision/data-table", message: /element annotation, received svg/ },
  ],
  [
    "a word for a number",
    { "Annotations/a.xml": file(size, cat, object("cat", [1, "left", 3, 4])) },
    { code: "vision/data-table", message: /object 2, ymin: expected a number, received "left"/ },
  ],
  [
    "an empty number",
    { "Annotations/a.xml": file(size, object("cat", ["", 1, 3, 4])) },
    { code: "vision/data-table", message: /xmin: expected a number/ },
  ],
  [
    "a box outside",
    { "Annotations/a.xml": file(size, object("cat", [90, 1, 130, 9])) },
    { code: "vision/data-table", message: /object 1: expected a box inside the picture of 100 x 50/ },
  ],
  [
    "corners the wrong way round",
    { "Annotations/a.xml": file(size, object("cat", [40, 1, 20, 9])) },
    { code: "vision/data-table", message: /a box inside/ },
  ],
  [
    "an object without a box",
    { "Annotations/a.xml": file(size, "<object><name>cat</name></object>") },
    { code: "vision/data-table", message: /element bndbox in object/ },
  ],
  [
    "an object without a name",
    { "Annotations/a.xml": file(size, object("", [1, 1, 2, 2])) },
    { code: "vision/data-table", message: /name of a class/ },
  ],
  [
    "a picture that is not there",
    { "Annotations/b.xml": file("<filename>b.jpg</filename>", size, cat) },
    { code: "vision/data-table", message: /a picture b.jpg/ },
  ],
  [
    "two files of one picture",
    { "Annotations/a.xml": file(size, cat), "Annotations/b.xml": file("<filename>a.png</filename>", size, cat) },
    { code: "vision/data-table", message: /two of JPEGImages\/a.png/ },
  ],
  [
    "a list that names no file",
    { "Annotations/a.xml": file(size, cat), "ImageSets/Main/train.txt": "z\n" },
    { code: "vision/data-missing", message: /z.xml/ },
  ],
  [
    "a picture in two lists",
    { "Annotations/a.xml": file(size, cat), "ImageSets/Main/train.txt": "a\n", "ImageSets/Main/val.txt": "a\n" },
    { code: "vision/data-table", message: /one list only, received a, of train too/ },
  ],
  ["no annotations", {}, { code: "vision/data-missing", message: /Annotations/ }],
];
for (const [what, files, error] of bad) test(`${what} is refused`, () => assert.rejects(open(files), error));
