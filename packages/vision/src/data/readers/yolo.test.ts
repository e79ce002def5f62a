import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { boxesOf, folderOf, pngOf } from "./reader.test.support.ts";
import { openDataset, readerOf } from "./table.ts";

const [wide, square] = [await pngOf(100, 50), await pngOf(8, 8)];
const data = "train: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n";
const one = (line: string, more: Readonly<Record<string, string | Uint8Array>> = {}) => ({
  "classes.txt": "cat\ndog\n",
  "images/a.png": wide,
  "labels/a.txt": line,
  ...more,
});
const open = async (files: Readonly<Record<string, string | Uint8Array>>) => openDataset("yolo", await folderOf(files));

test("data.yaml names the parts; shares become pixels; a picture without labels has nothing to find", async () => {
  const folder = await folderOf({
    "data.yaml": `path: /elsewhere/set\n${data}test:\n`,
    "images/train/a.png": wide,
    "images/train/b.png": square,
    "images/train/empty.png": square,
    "images/val/deep/c.png": square,
    "labels/train/a.txt": "1 0.5 0.5 0.2 0.4\r\n0 0.05 0.9 0.1 0.2\r\n",
    "labels/train/empty.txt": "\n",
    "labels/val/deep/c.txt": "0 .5 .5 1 1",
  });
  assert.equal(await readerOf(folder), "yolo");
  const { samples, classes } = await openDataset("yolo", folder, { expect: { train: 3, valid: 1 } });
  assert.deepEqual(classes, { objects: ["cat", "dog"] });
  const found = Object.fromEntries(samples.map((sample) => [sample.id, boxesOf(sample)]));
  const rounded = found["images/train/a.png"]!.map(({ box, ...rest }) => ({
    ...rest,
    box: Object.values(box).map((value) => Math.round(value * 1e9) / 1e9),
  }));
  assert.deepEqual(rounded, [
    { box: [40, 15, 20, 20], kind: "face", class: 1 },
    { box: [0, 40, 10, 10], kind: "face", class: 0 },
  ]);
  assert.deepEqual([found["images/train/b.png"], found["images/train/empty.png"]], [[], []]);
  assert.deepEqual(found["images/val/deep/c.png"], [
    { box: { x: 0, y: 0, width: 8, height: 8 }, kind: "face", class: 0 },
  ]);
});

test("classes.txt is enough; folders named after parts make them", async () => {
  const { samples } = await open({
    "classes.txt": "cat\n",
    "train/images/a.png": square,
    "train/labels/a.txt": "0 0.5 0.5 0.5 0.5",
    "val/images/b.png": square,
    "notes/c.png": square,
    "notes/c.txt": "0 0.5 0.5 0.25 0.25",
    "notes/readme.txt": "about c",
  });
  assert.deepEqual(
    samples.map((sample) => [sample.id, sample.split, boxesOf(sample).length]),
    [
      ["notes/c.png", "train", 1],
      ["train/images/a.png", "train", 1],
      ["val/images/b.png", "valid", 0],
    ],
  );
});

test("lists of pictures, and paths with a step too many", async () => {
  const { samples } = await open({
    "data.yaml": "train: train.txt\nval: ../val/images\nnames: [cat, dog]\n",
    "train.txt": "./images/a.png\n",
    "images/a.png": square,
    "images/left-out.png": square,
    "labels/a.txt": "1 0.5 0.5 0.5 0.5",
    "labels/left-out.txt": "1 0.5 0.5 0.5 0.5",
    "val/images/b.png": square,
  });
  assert.deepEqual(
    samples.map(({ id, split }) => [id, split]),
    [
      ["images/a.png", "train"],
      ["val/images/b.png", "valid"],
    ],
  );
});

test("five landmarks become points; one that is unknown takes them all away", async () => {
  const { samples } = await open({
    "data.yaml": "train: images\nval: images2\nnames: [face]\nkpt_shape: [5, 3]\n",
    "images/a.png": wide,
    "images2/b.png": wide,
    "labels/a.txt": [
      "0 0.5 0.5 0.2 0.4 .1 .2 2 .3 .4 1 .5 .6 2 .7 .8 2 .9 1 2",
      "0 0.5 0.5 0.2 0.4 .1 .2 2 .3 .4 0 .5 .6 2 .7 .8 2 .9 1 2",
      "0 0.5 0.5 0.2 0.4 .1 .2 2 -1 -1 2 .5 .6 2 .7 .8 2 .9 1 2",
    ].join("\n"),
  });
  const [first, ...others] = boxesOf(samples[0]!);
  const expected = [
    [10, 10],
    [30, 20],
    [50, 30],
    [70, 40],
    [90, 50],
  ];
  for (const [i, [x, y]] of first!.points!.entries()) {
    assert.ok(Math.hypot(x - expected[i]![0]!, y - expected[i]![1]!) < 1e-9);
  }
  assert.deepEqual(
    others.map(({ points }) => points),
    [undefined, undefined],
  );
});

// The fixture is stored as 12 x 8 and turned by its EXIF orientation: upright it is 8 x 12.
test("shares are of the upright picture", async () => {
  const turned = await readFile(new URL("../../../fixtures/pictures/orientation-6.jpg", import.meta.url));
  const { samples, load } = await open({ "classes.txt": "cat", "images/a.jpg": turned, "labels/a.txt": "0 .5 .5 1 1" });
  const { width, height } = await load(samples[0]!);
  assert.deepEqual([width, height], [8, 12]);
  assert.deepEqual(boxesOf(samples[0]!)[0]!.box, { x: 0, y: 0, width, height });
});

const line = "0 0.5 0.5 0.5 0.5";
const bad: readonly (readonly [what: string, files: Readonly<Record<string, string | Uint8Array>>, error: object])[] = [
  [
    "an unknown class",
    one("0 .5 .5 .5 .5\n2 .5 .5 .5 .5"),
    { code: "vision/data-table", message: /a.txt, line 2: expected a class number from 0 to 1, received 2/ },
  ],
  ["a class of a half", one("0.5 .5 .5 .5 .5"), { code: "vision/data-table", message: /class number/ }],
  ["a word", one("0 .5 .5 .5 wide"), { code: "vision/data-table", message: /line 1: expected 5 numbers/ }],
  ["a number too few", one("0 .5 .5 .5"), { code: "vision/data-table", message: /5 numbers/ }],
  [
    "landmarks that the data file does not tell",
    one("0 .5 .5 .5 .5 .5 .5"),
    { code: "vision/data-table", message: /kpt_shape/ },
  ],
  ["pixels", one("0 50 25 20 20"), { code: "vision/data-table", message: /a box inside the picture of 100 x 50/ }],
  ["a box without an area", one("0 .5 .5 0 .5"), { code: "vision/data-table", message: /a box inside/ }],
  [
    "labels of a picture that is not there",
    one(line, { "labels/b.txt": line }),
    { code: "vision/data-table", message: /b.txt: expected a picture/ },
  ],
  [
    "pictures without any label file",
    { "classes.txt": "cat", "images/a.png": square },
    { code: "vision/data-count", message: /a.txt/ },
  ],
  ["no pictures", { "classes.txt": "cat", "labels/a.txt": line }, { code: "vision/data-count" }],
  [
    "no classes",
    { "images/a.png": square, "labels/a.txt": line },
    { code: "vision/data-missing", message: /data.yaml/ },
  ],
  ["an empty list of classes", one(line, { "classes.txt": "\n" }), { code: "vision/data-table" }],
  ["a broken picture", one(line, { "images/a.png": "no picture" }), { code: "vision/image-unknown-format" }],
  [
    "a part that is not there",
    one(line, { "data.yaml": "train: images/train\nnames: [cat]\n" }),
    { code: "vision/data-missing", message: /images.train/ },
  ],
  [
    "a picture in two parts",
    one(line, { "data.yaml": "train: images\nval: images\nnames: [cat]\n" }),
    { code: "vision/data-table", message: /one part/ },
  ],
  [
    "names with a gap",
    one(line, { "data.yaml": "train: images\nnames: {0: cat, 2: dog}\n" }),
    { code: "vision/data-table", message: /numbered from 0/ },
  ],
  [
    "a data file without names",
    one(line, { "data.yaml": "train: images\n" }),
    { code: "vision/data-table", message: /names/ },
  ],
  ["an empty data file", one(line, { "data.yaml": "" }), { code: "vision/data-table" }],
  [
    "a data file that is no YAML",
    one(line, { "data.yaml": "train: [images" }),
    { code: "vision/data-table", message: /YAML/ },
  ],
];
for (const [what, files, error] of bad) test(`${what} is refused`, () => assert.rejects(open(files), error));
