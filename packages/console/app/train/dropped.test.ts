import assert from "node:assert/strict";
import { test } from "node:test";
import { sortDropped } from "./dropped.ts";

const sorted = (...paths: string[]) => {
  const { folders, loose, others } = sortDropped(paths, (path) => ({ path, type: "" }));
  return { folders: Object.fromEntries(folders), order: [...folders.keys()], loose, others };
};

test("the folder right above a picture is its class, whatever stands above that; classes and files as people sort them", () => {
  const { folders, order, loose } = sorted(
    "signs/10/b10.jpg",
    "signs/10/b9.PNG",
    "signs/2/a.webp",
    "left/in.avif",
    "x.jpg",
  );
  assert.deepEqual(order, ["2", "10", "left"]);
  assert.deepEqual(folders, {
    2: ["signs/2/a.webp"],
    10: ["signs/10/b9.PNG", "signs/10/b10.jpg"],
    left: ["left/in.avif"],
  });
  assert.deepEqual(loose, ["x.jpg"]);
});

test("parts of a data set with the same class are one class", () => {
  assert.deepEqual(sorted("train/5/a.jpg", "test/5/b.jpg").order, ["5"]);
});

test("what systems leave behind is not told; texts are; other formats of pictures count as pictures, to fail by name", () => {
  const { folders, others, loose } = sorted(
    "a/.DS_Store",
    "a/Thumbs.db",
    "__MACOSX/a/x.jpg",
    "a/README.md",
    "a/old.bmp",
    ".hidden.jpg",
  );
  assert.deepEqual(others, ["a/README.md"]);
  assert.deepEqual(folders, { a: ["a/old.bmp"] });
  assert.deepEqual(loose, []);
});

test("a file without an ending is a picture by its type", () => {
  const { loose } = sortDropped(["photo"], (path) => ({ path, type: "image/jpeg" }));
  assert.deepEqual(loose, ["photo"]);
});
