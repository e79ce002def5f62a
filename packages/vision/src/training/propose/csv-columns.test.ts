import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { csvOptions } from "./csv-columns.ts";

let folder: string;
let table: string;

// file, a class in words, a class by number, a number, a label of each row, 0 and 1 twice, a part, a person
const rows = Array.from({ length: 60 }, (_, i) =>
  [
    `p/${i}.jpg`,
    i % 3 === 0 ? "cat" : "dog",
    i % 5,
    (i / 7).toFixed(3),
    `row ${i}`,
    i % 2,
    i % 4 === 0 ? 1 : "",
    i < 50 ? "train" : "val",
    `person ${i % 30}`,
  ].join(),
);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-csv-"));
  table = join(folder, "index.csv");
  await writeFile(table, `path,animal,grade,weight,note,wet,red,split,person\n${rows.join("\n")}\n`);
});
after(() => rm(folder, { recursive: true, force: true }));

const tasksOf = async (tasks: string[]) =>
  (await csvOptions(table, { tasks, group: undefined })).options.tasks as {
    kind: string;
    name: string;
    columns: string[];
  }[];

test("columns are told by what is in them: pictures, parts, classes and numbers; names of rows are no labels", async () => {
  const { options, isColumn } = await csvOptions(table, { tasks: [], group: "person" });
  assert.equal(isColumn, true);
  assert.deepEqual(
    { ...options, tasks: undefined },
    { table: "index.csv", picture: "path", group: "person", split: "split", tasks: undefined },
  );
  assert.deepEqual(
    (options.tasks as { kind: string; name: string }[]).map(({ kind, name }) => `${name} ${kind}`),
    ["animal classification", "grade classification", "weight regression", "wet classification"],
  );
});

test("tasks as asked for: by a name, by several columns, by a kind", async () => {
  assert.deepEqual(
    await tasksOf(["animal", "state=wet,red", "heavy=weight:regression", "n=grade:regression", "two=weight,grade"]),
    [
      { kind: "classification", name: "animal", columns: ["animal"] },
      { kind: "multilabel", name: "state", columns: ["wet", "red"] },
      { kind: "regression", name: "heavy", columns: ["weight"] },
      { kind: "regression", name: "n", columns: ["grade"] },
      { kind: "regression", name: "two", columns: ["weight", "grade"] },
    ],
  );
});

test("a column that is none, a kind that is none, and a class of two columns are refused with the columns there are", async () => {
  for (const task of ["colour", "x=animal:colour", "x=animal,grade:classification"]) {
    await assert.rejects(tasksOf([task]), { code: "vision/own-data", message: /path, animal, grade|path,animal/ });
  }
});

test("a table without pictures or without labels is refused with what it has", async () => {
  const bare = join(folder, "bare.csv");
  await writeFile(bare, "name,age\nann,1\nbob,2\n");
  await assert.rejects(csvOptions(bare, { tasks: [], group: undefined }), {
    code: "vision/own-data",
    message: /name, age/,
  });
  await writeFile(bare, "file\na.jpg\nb.jpg\n");
  await assert.rejects(csvOptions(bare, { tasks: [], group: undefined }), {
    code: "vision/own-data",
    message: /labels/,
  });
  await writeFile(bare, "file,x\n");
  await assert.rejects(csvOptions(bare, { tasks: [], group: undefined }), { code: "vision/data-count" });
});
