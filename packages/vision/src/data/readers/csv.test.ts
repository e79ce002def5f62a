import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { needs, sharedData } from "../shared.test.support.ts";
import { folderOf, pngOf } from "./reader.test.support.ts";
import { openDataset } from "./table.ts";

const pictures = { "p/1.png": await pngOf(4, 4), "p/2.png": await pngOf(4, 4), "p/3.png": await pngOf(4, 4) };
const withTable = (lines: readonly string[], name = "labels.csv") =>
  folderOf({ ...pictures, [name]: `${lines.join("\n")}\n` });
const mood = { kind: "classification", name: "mood", columns: ["mood"] };
const open = async (lines: readonly string[], options: object) =>
  openDataset("csv", await withTable(lines), { options });

test("columns become classes, several answers, numbers and points; empty cells are missing", async () => {
  const folder = await withTable(
    [
      "picture,mood,hat,scarf,age,weight,x0,y0,x1,y1,person,part",
      "p/1.png,sad,1,0,30,,1,2.5,3,4,Anna,Training",
      "p/2.png,glad,,1,,,1,2,,4,Anna,val",
      "p/3.png,,,,4e1,-2,,,,,,test",
    ],
    "table.csv",
  );
  const { samples, classes, load, name, terms } = await openDataset("csv", folder, {
    options: {
      table: "table.csv",
      picture: "picture",
      tasks: [
        mood,
        { kind: "multilabel", name: "wears", columns: ["hat", "scarf"], labels: ["a hat", "a scarf"] },
        { kind: "regression", name: "body", columns: ["age", "weight"] },
        {
          kind: "points",
          name: "eyes",
          columns: [
            ["x0", "y0"],
            ["x1", "y1"],
          ],
        },
      ],
      group: "person",
      split: "part",
      licence: "MIT",
    },
  });
  assert.deepEqual(classes, { mood: ["glad", "sad"], wears: ["a hat", "a scarf"] });
  const [points, nothing] = [
    {
      kind: "points",
      points: [
        [1, 2.5],
        [3, 4],
      ],
    },
    undefined,
  ];
  assert.deepEqual(
    samples.map(({ labels }) => labels),
    [
      {
        mood: { kind: "class", index: 1 },
        wears: { kind: "values", values: [1, 0] },
        body: { kind: "values", values: [30, Number.NaN] },
        eyes: points,
      },
      {
        mood: { kind: "class", index: 0 },
        wears: { kind: "values", values: [Number.NaN, 1] },
        body: nothing,
        eyes: nothing,
      },
      { mood: nothing, wears: nothing, body: { kind: "values", values: [40, -2] }, eyes: nothing },
    ],
  );
  assert.deepEqual(
    samples.map(({ id, group, split }) => [id, group, split]),
    [
      ["p/1.png", "Anna", "train"],
      ["p/2.png", "Anna", "valid"],
      ["p/3.png", "p/3.png", "test"],
    ],
  );
  assert.equal((await load(samples[2]!)).width, 4);
  assert.equal(terms.licence, "MIT");
  assert.ok(folder.endsWith(name));
});

test("one answer is enough", async () => {
  const task = { kind: "multilabel", name: "wears", columns: ["hat"], labels: ["a hat"] };
  const { samples, classes } = await open(["file,hat", "p/1.png,1"], { tasks: [task] });
  assert.deepEqual([classes.wears, samples[0]!.labels.wears], [["a hat"], { kind: "values", values: [1] }]);
});

test("without a split column all are train, without a group column each is its own", async () => {
  const { samples } = await open(["file,mood", "p/1.png,a", "p/2.png,b"], { tasks: [mood] });
  assert.deepEqual(
    samples.map(({ group, split }) => [group, split]),
    [
      ["p/1.png", "train"],
      ["p/2.png", "train"],
    ],
  );
});

test("classes: numbers by size, names as given, a place from 0 where no label is a number", async () => {
  const rows = ["file,mood", "p/1.png,10", "p/2.png,9", "p/3.png,-1"];
  const indices = async (lines: readonly string[], labels?: readonly string[]) => {
    const { samples, classes } = await open(lines, { tasks: [{ ...mood, labels }] });
    const found = samples.map(({ labels: { mood: label } }) => (label?.kind === "class" ? label.index : undefined));
    return [classes.mood, found];
  };
  assert.deepEqual(await indices(rows), [
    ["-1", "9", "10"],
    [2, 1, 0],
  ]);
  assert.deepEqual(await indices(rows, ["9", "10", "-1"]), [
    ["9", "10", "-1"],
    [1, 0, 2],
  ]);
  const places = ["file,mood", "p/1.png,1", "p/2.png,no", "p/3.png,0"];
  assert.deepEqual(await indices(places, ["no", "yes"]), [
    ["no", "yes"],
    [1, 0, 0],
  ]);
  await assert.rejects(indices(rows, ["9", "10"]), {
    code: "vision/data-table",
    message: /line 4, column "mood".*one of 9, 10/,
  });
  await assert.rejects(indices(["file,mood", "p/1.png,2"], ["no", "yes"]), {
    message: /a number from 0 to 1, received "2"/,
  });
  await assert.rejects(indices(["file,mood", "p/1.png,maybe"], ["no", "yes"]), {
    message: /one of no, yes, received "maybe"/,
  });
});

const bad: readonly (readonly [what: string, lines: readonly string[], options: object, error: object])[] = [
  [
    "a picture that is not there",
    ["file,mood", "p/9.png,a"],
    {},
    { code: "vision/data-table", message: /line 2, column "file".*"p\/9.png"/ },
  ],
  ["no picture", ["file,mood", ",a"], {}, { code: "vision/data-table", message: /a picture file/ }],
  [
    "a picture twice",
    ["file,mood", "p/1.png,a", "./p/1.png,b"],
    {},
    { code: "vision/data-table", message: /line 3.*no other line/ },
  ],
  [
    "a table without rows",
    ["file,mood"],
    {},
    { code: "vision/data-count", message: /at least one picture, received none/ },
  ],
  ["a column without a label", ["file,mood", "p/1.png,"], {}, { code: "vision/data-count", message: /column "mood"/ }],
  [
    "a column that is missing",
    ["file,age", "p/1.png,a"],
    {},
    { code: "vision/data-table", message: /a column "mood"/ },
  ],
  [
    "an unknown part",
    ["file,mood,part", "p/1.png,a,fold1"],
    { split: "part" },
    { message: /column "part".*train, training/ },
  ],
  [
    "a word for a number",
    ["file,age", "p/1.png,old"],
    { tasks: [{ kind: "regression", name: "age", columns: ["age"] }] },
    { code: "vision/data-table", message: /column "age": expected a number, received "old"/ },
  ],
  [
    "an infinite number",
    ["file,age", "p/1.png,Infinity"],
    { tasks: [{ kind: "regression", name: "age", columns: ["age"] }] },
    { message: /a number, received "Infinity"/ },
  ],
  [
    "two for yes",
    ["file,hat", "p/1.png,2"],
    { tasks: [{ kind: "multilabel", name: "wears", columns: ["hat"] }] },
    { message: /from 0 to 1, received "2"/ },
  ],
  [
    "a task twice",
    ["file,mood", "p/1.png,a"],
    { tasks: [mood, mood] },
    { code: "vision/data-reader", message: /each name once/ },
  ],
  [
    "labels that are too few",
    ["file,hat", "p/1.png,1"],
    { tasks: [{ kind: "multilabel", name: "wears", columns: ["hat"], labels: ["a", "b"] }] },
    { code: "vision/data-reader", message: /as many labels as columns/ },
  ],
  [
    "no task",
    ["file,mood", "p/1.png,a"],
    { tasks: undefined },
    { code: "vision/data-reader", message: /option tasks/ },
  ],
];
for (const [what, lines, options, error] of bad) {
  test(`${what} is refused`, () => assert.rejects(open(lines, { tasks: [mood], ...options }), error));
}

test("a table elsewhere names pictures seen from itself", async () => {
  const folder = await folderOf({ "sub/labels.csv": "file,mood\n../p/1.png,a\n", ...pictures });
  const { samples } = await openDataset("csv", folder, { options: { table: "sub/labels.csv", tasks: [mood] } });
  assert.equal(samples[0]!.image.file, join(folder, "p/1.png"));
});

// Counts from the folder's own description.
test("a set of subjects is read by its columns", needs("ckplus48"), async () => {
  const { samples, classes } = await openDataset("csv", sharedData("ckplus48"), {
    options: { tasks: [{ kind: "classification", name: "expression", columns: ["emotion"] }], group: "subject" },
    expect: { train: 771 },
  });
  const counts = classes.expression!.map((_, index) => {
    const of = samples.filter(
      ({ labels: { expression } }) => expression?.kind === "class" && expression.index === index,
    );
    return of.length;
  });
  assert.deepEqual(classes.expression, ["anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise"]);
  assert.deepEqual(counts, [117, 45, 138, 51, 165, 60, 195]);
  assert.equal(new Set(samples.map(({ group }) => group)).size, 94);
});
