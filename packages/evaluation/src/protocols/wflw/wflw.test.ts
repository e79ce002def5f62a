// Expected scores from fixtures/wflw/reference.py (numpy); the others by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixtureNumbers, fixtureTexts } from "../fixture.test.support.ts";
import { readLandmarkPredictions } from "../landmark-predictions.ts";
import type { LandmarksTest } from "../protocol.ts";
import { filesInMemory } from "../release-files.ts";
import { readWflw } from "./release.ts";
import { wflw } from "./wflw.ts";

const texts = fixtureTexts("wflw");
const list = "list_98pt_rect_attr_test.txt";
const lines = texts[list]!.trim().split("\n");
const [header = "", ...answers] = texts["points.csv"]!.trim().split("\n");
const options = { seed: 1, resamples: 20 };

/** The official part has 2500 faces: the five of the fixture, each 500 times in another picture. */
const copies = (rows: readonly string[]) =>
  Array.from({ length: 500 }, (_, i) => rows.map((row) => row.replace(/\/([a-d])\.jpg/, `/$1${i}.jpg`))).flat();
const release = (rows: readonly string[]) => {
  const folder = "WFLW/WFLW_annotations/list_98pt_rect_attr_train_test";
  return filesInMemory({ [`${folder}/${list}`]: `${rows.join("\n")}\n` });
};
const read = async (rows = copies(lines)) => (await wflw.read(release(rows))) as LandmarksTest;
const score = (from: LandmarksTest, rows = copies(answers)) =>
  from.score(readLandmarkPredictions([header, ...rows].join("\n"), from, "p.csv"), options);

test("the reference's scores of all faces and of each subset; one without a face is undefined", async () => {
  const from = await read();
  assert.deepEqual([from.split.name, from.split.count], ["test", 2500]);
  assert.deepEqual(from.samples[0]!.picture, { file: "WFLW/WFLW_images/0--Parade/a0.jpg" });
  const { missed, metrics } = score(from);
  assert.equal(missed, 500);
  const expected = fixtureNumbers("wflw");
  assert.deepEqual(Object.keys(metrics).sort(), Object.keys(expected).sort());
  assert.deepEqual(Object.keys(metrics).sort(), wflw.metrics.map(({ name }) => name).sort());
  for (const [name, { value, reason }] of Object.entries(metrics)) {
    const wanted = expected[name]!;
    // the reference sums AUC in 100 000 steps
    if (wanted === null) assert.ok(Number.isNaN(value) && reason !== undefined, name);
    else assert.ok(Math.abs(value - wanted) < (name.startsWith("auc") ? 1e-5 : 1e-12), `${name}: ${value}, ${wanted}`);
  }
});

test("the order of lines and rows changes nothing, not a byte", async () => {
  const [once, turned] = [await read(), await read(copies(lines).reverse())];
  assert.deepEqual(turned.split, once.split);
  assert.equal(JSON.stringify(score(turned, copies(answers).reverse())), JSON.stringify(score(once)));
});

test("two faces of one picture are told apart by their box; strange, repeated and missing rows and NaN are refused", async () => {
  const from = await read();
  const [first, second] = from.samples.filter(({ id }) => id.startsWith("0--Parade/a7.jpg "));
  assert.ok(first && second && first.id !== second.id);
  assert.deepEqual(first.picture, second.picture);
  const rows = copies(answers);
  const refused = (changed: readonly string[], code: string, message: RegExp) =>
    assert.throws(() => score(from, [...changed]), { code: `evaluation/${code}`, message });
  refused(rows.slice(1), "missing-rows", /1 have none/);
  refused([...rows, rows[0]!], "table-cell", /each sample once/);
  refused([...rows.slice(1), rows[0]!.replace("a0.jpg", "e.jpg")], "table-cell", /a sample of the split/);
  refused([rows[0]!.replace(/,[^,]+/, ",NaN"), ...rows.slice(1)], "table-cell", /line 2, column "x0"/);
});

test("a list that is not complete is refused, and so are planted lines, by file and line", async () => {
  await assert.rejects(wflw.read(release(lines)), {
    code: "evaluation/split-mismatch",
    message: /wflw, part test: expected the 2500 samples .* received 5/,
  });
  await assert.rejects(read([...copies(lines), lines[0]!, lines[0]!]), { code: "evaluation/repeated-image" });
  const cells = lines[0]!.split(" ");
  const planted = (change: readonly string[]) => readWflw(release([lines[1]!, change.join(" ")]));
  const changed = (at: number, value: string) => cells.map((cell, i) => (i === at ? value : cell));
  const refused = (change: readonly string[], message: RegExp) =>
    assert.rejects(planted(change), { code: "evaluation/text-format", message });
  await refused(cells.slice(1), /line 2: expected .*207 cells, received 206/);
  await refused(changed(7, "nan"), /line 2: .*"nan"/);
  await refused(changed(198, "-1"), /xmin, ymin, xmax, ymax/);
  await refused(changed(203, "2"), /attributes 0 or 1/);
});

test("attributes in the order of the list", async () => {
  const cells = lines[0]!.split(" ");
  const [face] = await readWflw(release([[...cells.slice(0, 200), "1", "0", "0", "1", "0", "1", "x/y.jpg"].join(" ")]));
  assert.deepEqual([...face!.attributes], ["pose", "makeup", "blur"]);
});
