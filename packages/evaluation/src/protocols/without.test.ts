// The scores of a split with a sample left out must be those of a release that never had the sample.
import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolCases, protocolIds, readCase, scorePredictions } from "./cases.test.support.ts";

/** A text without the rows that have a cell of this value. */
const withoutRows = (text: string, cell: string): string =>
  text
    .split("\n")
    .filter((row) => !row.split(",").includes(cell))
    .join("\n");

for (const id of protocolIds) {
  const { texts, predictions, isPartial } = protocolCases[id];
  test(`${id}: a sample that is left out is in no part of the test, and the split says so`, async () => {
    const whole = await readCase(id, texts);
    const name = whole.samples[1]!.id;
    const left = await readCase(id, texts, { without: new Set([name, "no sample"]) });
    assert.ok(!left.samples.some((sample) => sample.id === name));
    assert.ok(left.others.has(name) && !whole.others.has(name));
    const count = whole.kind === "verification" ? left.split.count : whole.split.count - 1;
    assert.ok(count < whole.split.count);
    assert.equal(left.split.name, `${whole.split.name}, ${count} of ${whole.split.count} not trained on`);
    assert.equal(left.split.count, count);
    assert.notEqual(left.split.sha256, whole.split.sha256);
    if (left.kind === "verification") {
      assert.ok(left.pairs.every(({ first, second }) => first !== name && second !== name));
    } else {
      assert.equal(left.samples.length, whole.samples.length - 1);
    }
    assert.deepEqual(await readCase(id, texts, { without: new Set() }).then(({ split }) => split), whole.split);
    if (!isPartial) return;
    const reduced = Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, withoutRows(text, name)]));
    const never = await readCase(id, reduced);
    assert.deepEqual([never.split.count, never.split.sha256], [left.split.count, left.split.sha256]);
    // rows of what was left out are passed over
    assert.equal(
      JSON.stringify(scorePredictions(left, predictions)),
      JSON.stringify(scorePredictions(never, withoutRows(predictions, name))),
    );
  });
}

test("of a part whose name means something, the rest still means it", async () => {
  const seven = await readCase("affectnet", undefined, { part: "valid7" });
  assert.ok(seven.kind === "classification");
  const without = new Set([seven.samples[0]!.id]);
  const left = await readCase("affectnet", undefined, { part: "valid7", without });
  assert.ok(left.kind === "classification");
  assert.deepEqual([left.classes, left.leftOut], [seven.classes, ["contempt"]]);
  assert.match(left.split.name, /^valid7, \d+ of \d+ not trained on$/);
});

test("where nothing is left, it is said", async () => {
  for (const id of ["folder", "lfw"] as const) {
    const { texts } = protocolCases[id];
    const { samples, split } = await readCase(id, texts);
    await assert.rejects(readCase(id, texts, { without: new Set(samples.map((sample) => sample.id)) }), {
      code: "evaluation/nothing-left",
      message: new RegExp(`^${id}, part .*received ${split.count}, all of which`),
      help: /another part/,
    });
  }
});
