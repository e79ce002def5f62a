import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Classes,
  freeName,
  pictureIds,
  renamed,
  withClass,
  withFolders,
  withoutClass,
  withoutPicture,
  withPictures,
} from "./project.ts";

const two: Classes = [
  { id: "a", name: "Class 1", pictures: [{ id: "p", name: "p.jpg" }] },
  { id: "b", name: "Class 3", pictures: [] },
];

test("a new class takes the first name that is free", () => {
  assert.equal(freeName(two, "Class"), "Class 2");
  assert.equal(freeName([], "类别"), "类别 1");
});

test("classes and pictures come and go without touching the others", () => {
  const grown = withPictures(withClass(two, { id: "c", name: "x" }), "b", [{ id: "q", name: "q.jpg", group: "g" }]);
  assert.deepEqual(pictureIds(grown), ["p", "q"]);
  assert.deepEqual(renamed(grown, "c", "y")[2], { id: "c", name: "y", pictures: [] });
  assert.deepEqual(withoutPicture(grown, "a", "p")[0]!.pictures, []);
  assert.deepEqual(
    withoutClass(grown, "a").map(({ id }) => id),
    ["b", "c"],
  );
  assert.equal(two.length, 2);
});

test("folders fill the class of their name, then classes as they were made, then new ones", () => {
  let made = 0;
  const options = {
    isUntouched: ({ name }: { name: string }) => /^Class \d$/.test(name),
    makeId: () => `new ${++made}`,
  };
  const { classes, ids } = withFolders(two, ["0", "Class 1", "5"], options);
  assert.deepEqual(
    [...ids],
    [
      ["0", "b"],
      ["Class 1", "a"],
      ["5", "new 1"],
    ],
  );
  assert.deepEqual(
    classes.map(({ name }) => name),
    ["Class 1", "0", "5"],
  );
});
