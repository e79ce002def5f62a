// Expected scores from fixtures/jd106/reference.py (numpy); the others by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixtureNumbers, fixtureTexts } from "../fixture.test.support.ts";
import { readLandmarkPredictions } from "../landmark-predictions.ts";
import { faceOfBox } from "../landmarks.ts";
import type { LandmarksTest, PredictionFile } from "../protocol.ts";
import { filesInMemory } from "../release-files.ts";
import { jd106 } from "./jd106.ts";
import { columns106, readJd, readPoints } from "./release.ts";

const texts = fixtureTexts("jd106");
const options = { seed: 1, resamples: 50 };
const releaseTexts = Object.fromEntries(Object.entries(texts).filter(([name]) => name.startsWith("Training_data/")));
const read = async (files = filesInMemory(releaseTexts)) => (await jd106.read(files)) as LandmarksTest;

const results: readonly PredictionFile[] = [0, 1, 2, 3].map((i) => {
  const key = `AFW_${i}_1_0.jpg`;
  return { key, name: `${key}.txt`, text: texts[`results/${key}.txt`]! };
});
const score = (from: LandmarksTest, files: readonly PredictionFile[] = results) =>
  from.score(from.formats![".txt"]!.read(files), options);

test("the reference's scores, from result files and from a table", async () => {
  const from = await read();
  assert.deepEqual([from.split.name, from.split.count], ["train", 4]);
  assert.deepEqual(
    from.formats![".txt"]!.keys,
    results.map(({ key }) => key),
  );
  const { missed, metrics } = score(from);
  assert.equal(missed, 1);
  for (const [name, expected] of Object.entries(fixtureNumbers("jd106"))) {
    const { value, interval } = metrics[name]!;
    // the reference sums AUC in 100 000 steps
    assert.ok(Math.abs(value - expected!) < (name === "auc_8" ? 1e-5 : 1e-12), `${name}: ${value}, ${expected}`);
    assert.ok(interval[0] <= value && value <= interval[1]);
  }
  const table = [
    `id,${columns106.flat()}`,
    ...results.map(({ key, text }) => `${key},${readPoints(text, "r") ?? Array(212).fill("")}`),
  ].join("\n");
  const fromTable = from.score(readLandmarkPredictions(table, from, "p.csv"), options);
  assert.equal(JSON.stringify(fromTable), JSON.stringify({ ...score(from) }));
});

test("the order of files changes nothing; a result that is missing, NaN or of other points is refused", async () => {
  const from = await read();
  assert.equal(JSON.stringify(score(from, [...results].reverse())), JSON.stringify(score(from)));
  assert.throws(() => score(from, results.slice(1)), { code: "evaluation/missing-rows", message: /"AFW_0_1_0.jpg"/ });
  const planted = (change: (text: string) => string, message: RegExp) =>
    assert.throws(() => score(from, [{ ...results[0]!, text: change(results[0]!.text) }, ...results.slice(1)]), {
      code: "evaluation/text-format",
      message,
    });
  planted((text) => text.replace(/\n\d+ /, "\nnan "), /AFW_0_1_0.jpg.txt, point 0: .*nan/);
  planted((text) => text.replace("106\n", "105\n"), /105 and 106 lines/);
  planted((text) => text.replace(/\n\d+ \d+\n$/, "\n"), /106 and 105 lines/);
  planted(() => "", /and 0 lines/);
});

test("layouts: parts by folder, label and box beside the picture or apart; another number than published is refused", async () => {
  const renamed = (from: string, to: string) =>
    filesInMemory(
      Object.fromEntries(Object.entries(releaseTexts).map(([name, text]) => [name.replace(from, to), text])),
    );
  for (const [folder, part] of [
    ["Test_data/A", "test"],
    ["Val_data/A", "valid"],
  ] as const) {
    await assert.rejects(read(renamed("Training_data/AFW", folder)), {
      code: "evaluation/split-mismatch",
      message: new RegExp(`jd106, part ${part}: expected the 2000 samples .* received 4`),
    });
  }
  const beside = Object.fromEntries(
    Object.entries(releaseTexts).map(([name, text]) => [name.replace(/(picture|landmark|rect)\//, ""), text]),
  );
  assert.deepEqual((await read(filesInMemory(beside))).split, (await read()).split);
  const [face] = await readJd(filesInMemory(releaseTexts));
  assert.deepEqual([face!.points.length, face!.box], [212, { x: 15, y: 20, width: 110, height: 140 }]);
  const rect = "Training_data/AFW/rect/AFW_0_1_0.jpg.rect";
  await assert.rejects(read(filesInMemory({ ...releaseTexts, [rect]: "5 5 1 9" })), { code: "evaluation/text-format" });
  const label = "Training_data/AFW/landmark/AFW_0_1_0.jpg.txt";
  await assert.rejects(read(filesInMemory({ ...releaseTexts, [label]: "0\n" })), /landmark.*: expected the number 106/);
});

test("errors are in sides of the rectangle around the labelled points, whatever box is supplied", async () => {
  const from = await read(
    filesInMemory(
      Object.fromEntries(
        Object.entries(releaseTexts).map(([name, text]) => [name, name.endsWith(".rect") ? "0 0 9 9" : text]),
      ),
    ),
  );
  assert.equal(JSON.stringify(score(from)), JSON.stringify(score(await read())));
});

test("of several faces that of largest overlap with the supplied box is the answer", () => {
  const box = (x: number) => ({ x, y: 0, width: 10, height: 10 });
  assert.equal(faceOfBox([box(9), box(2), box(-5)], box(0)), 1);
  assert.equal(faceOfBox([box(10), box(30)], box(0)), undefined);
  assert.equal(faceOfBox([], box(0)), undefined);
});
