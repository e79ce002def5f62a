// Hashes by sha256sum (GNU coreutils) of the lines a,1,x and b,2,y, of a,1,x alone, and of a b,2 and a,1; the rest by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSplit, type PartRow } from "./split.ts";

const protocol = { id: "p", parts: [{ name: "test", count: 2 }, { name: "valid" }] };
const rows: readonly PartRow[] = [
  { id: "b", part: "test", label: [2, "y"] },
  { id: "a", part: "test", label: [1, "x"] },
  { id: "c", part: "valid", label: [3, "z"] },
  { id: "d", part: "test", label: [4, "z"], isScored: false },
];
const choose = (changed: readonly PartRow[], layout: "packed" | "official" = "packed", part?: string) =>
  chooseSplit(protocol, changed, { layout, folder: "here", part });

test("a split is told by name, count and the hash of its label rows, whatever their order", async () => {
  const { split, others } = await choose(rows);
  assert.deepEqual(split, {
    name: "test",
    count: 2,
    sha256: "f8853fe867228ef609b1d0f77840cec22ddb0a1bb3d2a9a7f5628d53d3f75016",
  });
  assert.deepEqual((await choose([...rows].reverse())).split, split);
  assert.deepEqual([...others].sort(), ["c", "d"]);
  const changed = rows.map((row) => (row.id === "a" ? { ...row, label: [1, "y"] } : row));
  assert.notEqual((await choose(changed)).split.sha256, split.sha256);
  // whole lines are sorted, as `LC_ALL=C sort` does: a space stands before a comma
  const spaced = await choose([
    { id: "a", part: "test", label: [1] },
    { id: "a b", part: "test", label: [2] },
  ]);
  assert.equal(spaced.split.sha256, "dafc3a21cefdab2be093abd69a511db9732e2ee36a22d2ce0e5d7ed76c649c2b");
});

test("the official release must be complete, a packed copy need not", async () => {
  assert.equal((await choose(rows, "official")).split.count, 2);
  assert.equal((await choose(rows.slice(1))).split.count, 1);
  await assert.rejects(choose(rows.slice(1), "official"), {
    code: "evaluation/split-mismatch",
    message: /p, part test: expected the 2 samples of the official release, received 1/,
  });
});

test("a part that is not there, no rows at all and an id that stands twice are refused", async () => {
  await assert.rejects(choose(rows, "packed", "train"), { code: "evaluation/unknown-part", message: /test, valid/ });
  await assert.rejects(choose([]), { code: "evaluation/unknown-part", message: /received none/ });
  await assert.rejects(choose([...rows, rows[0]!]), { code: "evaluation/repeated-image" });
});

test("what is left out is neither hashed nor counted, yet it was there: a complete release stays complete", async () => {
  const without = new Set(["b", "nobody"]);
  const at = { layout: "official", folder: "here" } as const;
  const { split, rows: left, others } = await chooseSplit(protocol, rows, { ...at, without });
  assert.deepEqual(split, {
    name: "test, 1 of 2 not trained on",
    count: 1,
    // of the line a,1,x
    sha256: "897d81c47fd373e343ae0677b8e669f7a8a1851560e69d4aa17b03f74957d3ec",
  });
  assert.deepEqual([left.map(({ id }) => id), [...others].sort()], [["a"], ["b", "c", "d"]]);
  await assert.rejects(chooseSplit(protocol, rows.slice(1), { ...at, without }), { code: "evaluation/split-mismatch" });
  await assert.rejects(chooseSplit(protocol, rows, { ...at, without: new Set(["a", "b"]) }), {
    code: "evaluation/nothing-left",
    message: /p, part test: .* received 2,/,
  });
});

test("a row of several samples goes with any of them", async () => {
  const pairs: readonly PartRow[] = [
    { id: "a b", part: "test", label: [1], samples: ["a", "b"] },
    { id: "b c", part: "test", label: [2], samples: ["b", "c"] },
    { id: "c d", part: "test", label: [3], samples: ["c", "d"] },
  ];
  const left = async (...ids: string[]) => {
    const at = { layout: "packed", folder: "here", without: new Set(ids) } as const;
    return (await chooseSplit(protocol, pairs, at)).rows.map(({ id }) => id);
  };
  assert.deepEqual(await left("a"), ["b c", "c d"]);
  assert.deepEqual(await left("b"), ["c d"]);
  assert.deepEqual(await left("a b"), ["a b", "b c", "c d"]);
});
