// The scores of a split with a sample left out must be those of a release that never had the sample.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readBoxPredictions } from "./box-predictions.ts";
import { readClassPredictions } from "./class-predictions.ts";
import { fixtureTexts } from "./fixture.test.support.ts";
import { readLandmarkPredictions } from "./landmark-predictions.ts";
import { readMultitaskPredictions } from "./multitask-predictions.ts";
import type { ReadOptions, Scores, Test } from "./protocol.ts";
import { filesInMemory } from "./release-files.ts";
import { readSimilarityPredictions } from "./similarity-predictions.ts";
import { protocolOf, protocols } from "./table.ts";

type Texts = Readonly<Record<string, string>>;
interface Release {
  readonly texts: Texts;
  readonly predictions: string;
  /** Whether the release may be incomplete, so that a sample can be taken from it. */
  readonly isPartial: boolean;
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8"));
const packed = (texts: Texts, predictions: string): Release => ({ texts, predictions, isPartial: true });
const only = (texts: Texts, pattern: RegExp): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => pattern.test(name)));

const affect: Readonly<Record<string, { labels: Texts; predictions: string }>> = fixture("affect");
const others: Readonly<Record<string, { labels: string; predictions: string }>> = fixture("protocols");
const lfw: { labels: string; predictions: string } = fixture("lfw");
const wflw = fixtureTexts("wflw")["list_98pt_rect_attr_test.txt"]!.trim().split("\n");
// the official part has 2500 faces: the five of the fixture, each 500 times in another picture
const faces98 = Array.from({ length: 500 }, (_, i) => wflw.map((row) => row.replace(/\/([a-d])\.jpg/, `/$1${i}.jpg`)));

const releases: Readonly<Record<string, Release>> = {
  ...Object.fromEntries(
    Object.entries(affect).map(([id, { labels, predictions }]) => [id, packed(labels, predictions)]),
  ),
  ...Object.fromEntries(
    Object.entries(others).map(([id, { labels, predictions }]) => [id, packed({ "labels.csv": labels }, predictions)]),
  ),
  lfw: packed({ "pairs.csv": lfw.labels }, lfw.predictions),
  faces: packed(
    { "faces.csv": "file,box_x,box_y,box_w,box_h\na.png,0,0,30,30\nb.png,10,10,20,20\nc.png,1,1,9,9\n" },
    "file,x,y,width,height,score\na.png,0,0,30,30,0.9\nb.png,10,10,20,20,0.8\nb.png,50,50,9,9,0.7\n",
  ),
  folder: packed(
    { "labels.csv": "file,kind\na.png,x\nb.png,y\nc.png,y\nd.png,x\n" },
    "file,x,y\na.png,0.9,0.1\nb.png,0.8,0.2\nc.png,0.3,0.7\nd.png,0.6,0.4\n",
  ),
  jd106: { texts: only(fixtureTexts("jd106"), /^Training_data/), predictions: "", isPartial: false },
  wflw: {
    texts: {
      "WFLW/WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_test.txt": `${faces98.flat().join("\n")}\n`,
    },
    predictions: "",
    isPartial: false,
  },
  voc: { texts: only(fixtureTexts("voc"), /^VOCdevkit/), predictions: "", isPartial: false },
  coco: { texts: only(fixtureTexts("coco"), /^annotations/), predictions: "", isPartial: false },
};

const read = (id: string, texts: Texts, options: ReadOptions = {}): Promise<Test> =>
  protocolOf(id).read(filesInMemory(texts), options);

function score(from: Test, predictions: string): Scores {
  const options = { seed: 1, resamples: 20, threshold: 0.5 };
  switch (from.kind) {
    case "classification":
      return from.score(readClassPredictions(predictions, from, "p.csv"), options);
    case "landmarks":
      return from.score(readLandmarkPredictions(predictions, from, "p.csv"), options);
    case "detection":
      return from.score(readBoxPredictions(predictions, from, "p.csv"), options);
    case "multitask":
      return from.score(readMultitaskPredictions(predictions, from, "p.csv"), options);
    case "verification":
      return from.score(readSimilarityPredictions(predictions, from, "p.csv"), options);
    case "objects":
      throw new Error("objects are not scored here");
  }
}

/** A text without the rows that have a cell of this value. */
const withoutRows = (text: string, cell: string): string =>
  text
    .split("\n")
    .filter((row) => !row.split(",").includes(cell))
    .join("\n");

test("every protocol is among those that are read here", () => {
  assert.deepEqual(Object.keys(releases).sort(), Object.keys(protocols).sort());
});

for (const [id, { texts, predictions, isPartial }] of Object.entries(releases)) {
  test(`${id}: a sample that is left out is in no part of the test, and the split says so`, async () => {
    const whole = await read(id, texts);
    const name = whole.samples[1]!.id;
    const left = await read(id, texts, { without: new Set([name, "no sample"]) });
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
    assert.deepEqual(await read(id, texts, { without: new Set() }).then(({ split }) => split), whole.split);
    if (!isPartial) return;
    const reduced = Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, withoutRows(text, name)]));
    const never = await read(id, reduced);
    assert.deepEqual([never.split.count, never.split.sha256], [left.split.count, left.split.sha256]);
    // rows of what was left out are passed over
    assert.equal(
      JSON.stringify(score(left, predictions)),
      JSON.stringify(score(never, withoutRows(predictions, name))),
    );
  });
}

test("of a part whose name means something, the rest still means it", async () => {
  const seven = await read("affectnet", affect.affectnet!.labels, { part: "valid7" });
  assert.ok(seven.kind === "classification");
  const without = new Set([seven.samples[0]!.id]);
  const left = await read("affectnet", affect.affectnet!.labels, { part: "valid7", without });
  assert.ok(left.kind === "classification");
  assert.deepEqual([left.classes, left.leftOut], [seven.classes, ["contempt"]]);
  assert.match(left.split.name, /^valid7, \d+ of \d+ not trained on$/);
});

test("where nothing is left, it is said", async () => {
  for (const id of ["folder", "lfw"]) {
    const { texts } = releases[id]!;
    const { samples, split } = await read(id, texts);
    await assert.rejects(read(id, texts, { without: new Set(samples.map((sample) => sample.id)) }), {
      code: "evaluation/nothing-left",
      message: new RegExp(`^${id}, part .*received ${split.count}, all of which`),
      help: /another part/,
    });
  }
});
