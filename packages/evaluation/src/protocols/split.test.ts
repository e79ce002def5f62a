// Hashes by sha256sum (GNU coreutils) of the lines a,1,x and b,2,y, of a,1,x alone, and of a b,2 and a,1; those of the folders at
// hand by hashlib over lines that Python's csv read; the rest by hand.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ReadOptions } from "./protocol.ts";
import { filesInMemory } from "./release-files.ts";
import { anyFolderName, chooseSplit, type PartRow } from "./split.ts";
import type { OfficialPart } from "./split-standing.ts";
import { protocolOf } from "./table.ts";

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
    standing: "official by count",
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
  const { split } = await choose(rows.slice(1));
  assert.deepEqual([split.count, split.standing], [1, "not an official part"]);
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
    standing: "not an official part",
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

const ab = "f8853fe867228ef609b1d0f77840cec22ddb0a1bb3d2a9a7f5628d53d3f75016";
const classed = rows.map((row) => ({ ...row, className: String(row.label[1]) }));

/** The split that these rows are by what is published of their part, or the message that refuses them. */
async function compared(
  part: Omit<OfficialPart, "name">,
  options: ReadOptions & { layout?: "official" | "packed" } = {},
) {
  const parts = [{ name: "test", ...part }];
  const at = { layout: "packed", folder: "here", ...options } as const;
  return chooseSplit({ id: "p", parts }, classed, at).then(
    ({ split }) => [split.name, split.standing],
    (error: { code: string; message: string }) => {
      assert.equal(error.code, "evaluation/split-mismatch");
      return error.message;
    },
  );
}

test("what is published of a part is compared with all its samples: count, classes, hash", async () => {
  assert.deepEqual(await compared({ count: 2, sha256: ab }), ["test", "official by count and hash"]);
  assert.deepEqual(await compared({ count: 2, classes: { x: 1, y: 1 } }), ["test", "official by count and classes"]);
  assert.deepEqual(await compared({ count: 2 }), ["test", "official by count"]);
  assert.deepEqual(await compared({}), ["test", "no official part"]);
  // one that is not scored counts nowhere, and fewer are a share of the part
  assert.deepEqual(await compared({ count: 3, classes: { x: 1, y: 1, z: 1 } }), ["test", "not an official part"]);
  const copies = [{ count: 2, sha256: ab, what: "half" }];
  assert.deepEqual(await compared({ count: 4, copies }), ["test", "known copy"]);
  assert.deepEqual(await compared({ count: 4, copies: [{ ...copies[0]!, count: 3 }] }), [
    "test",
    "not an official part",
  ]);
});

test("a part that has the count of a published one and other rows is refused, in any layout", async () => {
  const other = "0".repeat(64);
  for (const layout of ["packed", "official"] as const) {
    assert.equal(
      await compared({ count: 2, classes: { x: 2, w: 0 } }, { layout }),
      "p, part test: expected the classes of the official release (x 2, y 0), received x 1, y 1.",
    );
    assert.equal(
      await compared({ count: 2, sha256: other }, { layout }),
      `p, part test: expected the label rows of the official release (SHA-256 ${other}), received rows of SHA-256 ${ab}.`,
    );
  }
  assert.match(String(await compared({ count: 3 }, { layout: "official" })), /the 3 samples of .* received 2\./);
  const copies = [{ count: 2, sha256: other, what: "half" }];
  assert.match(String(await compared({ count: 4, copies })), /the label rows of the recorded copy of 2 \(SHA-256 000/);
});

test("with mismatch custom what is refused else is scored under that name", async () => {
  const custom = { mismatch: "custom" } as const;
  const named = ["custom", "not an official part"];
  assert.deepEqual(await compared({ count: 3 }, { ...custom, layout: "official" }), named);
  assert.deepEqual(await compared({ count: 2, classes: { x: 2 } }, custom), named);
  assert.deepEqual(await compared({ count: 2, sha256: ab }, custom), ["test", "official by count and hash"]);
  const left = await compared({ count: 3 }, { ...custom, layout: "official", without: new Set(["a"]) });
  assert.deepEqual(left, ["custom, 1 of 2 not trained on", "not an official part"]);
});

test("rows are hashed by what the release calls them, whatever the folders of a copy", async () => {
  const moved = rows.map((row) => ({ ...row, key: row.id, id: `there/${row.id}.jpg` }));
  assert.equal((await choose(moved)).split.sha256, ab);
});

test("classes that are published add up to the count that is", () => {
  for (const id of ["fer2013", "ferplus", "ckplus", "affectnet", "rafdb", "mtfl", "lfw"]) {
    const parts = protocolOf(id).parts.filter(({ classes }) => classes !== undefined);
    assert.ok(parts.length > 0, id);
    for (const { name, count, classes } of parts) {
      const sum = Object.values(classes!).reduce((total, each) => total + each, 0);
      assert.equal(sum, count, `${id}, ${name}`);
    }
  }
});

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));

// where a change is told, one label that it makes another is noticed
for (const [id, folder, file, part, standing, change] of [
  ["fer2013", "fer2013", "labels.csv", "valid", "known copy", /(,valid,[^,]+,\d+),3,/],
  ["fer2013", "fer2013", "labels.csv", "train", "known copy", /(,train,[^,]+,\d+),3,/],
  ["ferplus", "fer2013", "labels.csv", "valid", "known copy", undefined],
  ["ckplus", "ckplus48", "labels.csv", "last3", "known copy", undefined],
  ["ckplus", "ckplus48", "labels.csv", "peak", "known copy", undefined],
  ["ckplus-au", "ckplus48", "action_units.csv", "peak", "known copy", undefined],
  ["mtfl", "mtfl", "labels.csv", "train", "known copy", undefined],
  ["landmarks68", "landmarks68", "labels.csv", "train", "known copy", undefined],
  ["lfw", "lfw", "pairs.csv", undefined, "official by count and hash", undefined],
] as const) {
  const path = join(shared, "data", folder, file);
  test(`${id}, ${part}: the folder at hand is what is recorded`, {
    skip: !existsSync(path) && `not here: ${path}`,
  }, async () => {
    const text = readFileSync(path, "utf8");
    const read = (labels: string) => protocolOf(id).read(filesInMemory({ [file]: labels }), { part });
    assert.equal((await read(text)).split.standing, standing);
    if (change === undefined) return;
    await assert.rejects(read(text.replace(change, "$1,4,")), {
      code: "evaluation/split-mismatch",
      message: /SHA-256/,
    });
  });
}

test("a folder without parts goes by its own name, one without a name by none", () => {
  const named = ["/data/face_scenes", "face_scenes/", "C:\\sets\\face_scenes"].map((folder) =>
    anyFolderName("all", folder),
  );
  assert.deepEqual(new Set(named), new Set(["face_scenes"]));
  assert.deepEqual([anyFolderName("all", ".."), anyFolderName("test", "/data/face_scenes")], ["all", "test"]);
});
