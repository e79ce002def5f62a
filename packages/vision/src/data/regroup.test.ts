import assert from "node:assert/strict";
import { test } from "node:test";
import { regroup } from "./regroup.ts";
import type { Sample } from "./types.ts";

const sample = (id: string): Sample => ({ id, image: { file: id }, labels: {}, group: id, split: "train" });
const groupsOf = (ids: readonly string[], rule: Parameters<typeof regroup>[1]) =>
  regroup(ids.map(sample), rule).map(({ group }) => group);

test("pictures with the same captured texts are one group, in any order", () => {
  assert.deepEqual(groupsOf(["a/ann_1.jpg", "b/bob_1.jpg", "c/ann_2.jpg"], { pattern: "/([a-z]+)_" }), [
    "ann",
    "bob",
    "ann",
  ]);
  assert.deepEqual(groupsOf(["a/x1.jpg", "b/x1.jpg"], { pattern: "(.)/x(\\d)" }), ["a/1", "b/1"]);
});

test("a run is so many numbers from its first, whatever the order of the samples", () => {
  const ids = [14, 11, 10, 13, 12, 15, 20].map((number) => `IMG_${number}.jpg`);
  assert.deepEqual(groupsOf(ids, { pattern: "(\\d+)", run: 3 }), [
    "run 13",
    "run 10",
    "run 10",
    "run 13",
    "run 10",
    "run 13",
    "run 20",
  ]);
});

// Subjects with places 0 to 3, by hand: the first lacks its place 3, the second is whole, the third lacks its place 0.
test("where places start over a run ends, so that a missing picture does not shift those that follow", () => {
  const ids = ["0/10", "1/11", "2/12", "0/13", "1/14", "2/15", "3/16", "1/17", "2/18", "3/19"];
  const rule = { pattern: "(?<place>\\d)/(?<number>\\d+)", run: 4 };
  const expected = [3, 4, 3].flatMap((count, subject) => new Array<string>(count).fill(`run ${[10, 13, 17][subject]}`));
  assert.deepEqual(groupsOf(ids, rule), expected);
  // two pictures that changed places do not end a run
  assert.deepEqual(new Set(groupsOf(["1/10", "0/11", "2/12", "3/13"], rule)).size, 1);
});

test("a pattern that is none, has no capture, fits not every name or counts no numbers is refused", () => {
  for (const rule of [{ pattern: "(" }, { pattern: "IMG" }, { pattern: "DSC_(\\d+)" }, { pattern: "(I)MG", run: 10 }]) {
    assert.throws(() => groupsOf(["IMG_1.jpg"], rule), { code: "vision/group-pattern" });
  }
});
