// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FacePrediction, type FaceTruth, scoreFaces } from "./faces.ts";

const box = (x: number, width: number, height = width) => ({ x, y: 0, width, height });
const face = (image: string, x: number, size: number, kind: FaceTruth["kind"] = "face"): FaceTruth => ({
  image,
  box: box(x, size),
  kind,
});
const guess = (image: string, x: number, size: number, score: number): FacePrediction => ({
  image,
  box: box(x, size),
  score,
});

// a: faces of 12, 16 and 64 pixels, one hard and one ignored of 20; b: a face of 40; c: faceless.
const images = ["a", "b", "c"];
const truth = [
  face("a", 0, 12),
  face("a", 100, 16),
  face("a", 200, 64),
  face("a", 300, 20, "hard"),
  face("a", 400, 20, "ignore"),
  face("b", 0, 40),
];
// At 0.5: hits 0.9 (64), 0.8 (16); dropped 0.85 (hard), 0.75 (ignored); false 0.7 (c) and 0.6 (b, IoU 1/3 of 0.35);
// below it: hit 0.4 (12), false 0.3 (again the 64 that 0.9 has).
const predictions = [
  guess("a", 200, 64, 0.9),
  guess("a", 100, 16, 0.8),
  guess("a", 301, 20, 0.85),
  guess("a", 402, 20, 0.75),
  guess("c", 7, 30, 0.7),
  guess("b", 20, 40, 0.6),
  guess("a", 0, 12, 0.4),
  guess("a", 201, 64, 0.3),
];
const input = { images, truth, predictions };

test("a small split, scored by hand", () => {
  const { metrics, counts, recall_by_height } = scoreFaces(input, { threshold: 0.5 });
  assert.deepEqual(counts, { images: 3, faces: 4, ignored: 2, found: 2, missed: 2, false_faces: 2, dropped: 2 });
  assert.equal(metrics.recall.value, 2 / 4);
  assert.equal(metrics.precision.value, 2 / 4);
  assert.equal(metrics.false_faces_per_image.value, 2 / 3);
  // hit, hit, false, false, hit, false of four: precision at the hits 1, 1, 3/5
  assert.ok(Math.abs(metrics.ap.value - (1 + 1 + 3 / 5) / 4) < 1e-12);
  assert.deepEqual(
    recall_by_height.map(({ from, below, faces, recall }) => [from, below, faces, recall.value]),
    [
      [0, 16, 1, 0],
      [16, 32, 1, 1],
      [32, 64, 1, 0],
      [64, Number.POSITIVE_INFINITY, 1, 1],
    ],
  );
});

test("the threshold is inclusive", () => {
  assert.equal(scoreFaces(input, { threshold: 0.4 }).counts.found, 3);
  assert.equal(scoreFaces(input, { threshold: 0.41 }).counts.found, 2);
});

test("boxes fit from IoU 0.35 unless told", () => {
  assert.equal(scoreFaces(input, { threshold: 0.5, iou: 1 / 3 }).counts.found, 3);
});

test("intervals are of pictures: draws of a and b, whose recalls at 0.5 are 2/3 and 0, c has no face", () => {
  const { metrics } = scoreFaces(input, { threshold: 0.5 });
  assert.deepEqual(metrics.recall.interval, [0, 2 / 3]);
  assert.deepEqual(metrics.false_faces_per_image.interval, [0, 1]);
});

test("the same seed gives the same bytes, and the order of rows does not matter", () => {
  const once = JSON.stringify(scoreFaces(input, { threshold: 0.5, seed: 4 }));
  assert.equal(JSON.stringify(scoreFaces(input, { threshold: 0.5, seed: 4 })), once);
  const turned = { images, truth: [...truth].reverse(), predictions: [...predictions].reverse() };
  assert.equal(JSON.stringify(scoreFaces(turned, { threshold: 0.5, seed: 4 })), once);
});

test("a perfect model, a silent one, and a split without faces", () => {
  const found = truth.filter(({ kind }) => kind === "face").map(({ image, box }) => ({ image, box, score: 1 }));
  const perfect = scoreFaces({ images, truth, predictions: found }, { threshold: 0.5 }).metrics;
  assert.deepEqual([perfect.recall.value, perfect.precision.value, perfect.ap.value], [1, 1, 1]);
  assert.equal(perfect.false_faces_per_image.value, 0);
  const silent = scoreFaces({ images, truth, predictions: [] }, { threshold: 0.5 }).metrics;
  assert.deepEqual([silent.recall.value, silent.ap.value], [0, 0]);
  assert.equal(silent.precision.reason, "no detections at the threshold");
  const faceless = scoreFaces({ images, truth: [], predictions }, { threshold: 0.5 }).metrics;
  assert.deepEqual([faceless.recall.value, faceless.recall.reason], [Number.NaN, "no boxes to find"]);
});

test("rows that do not fit the split are refused", () => {
  const refused = (change: Partial<typeof input>, code: string, message: RegExp) =>
    assert.throws(() => scoreFaces({ ...input, ...change }, { threshold: 0.5 }), { code, message });
  refused({ images: ["a", "b", "c", "a"] }, "evaluation/repeated-image", /"a" again/);
  refused({ images: ["a", "b"] }, "evaluation/unknown-image", /^predictions, row 4: .*"c"/);
  refused({ truth: [face("z", 0, 9)] }, "evaluation/unknown-image", /^truth, row 0: /);
  refused({ truth: [face("a", 0, 9, "Face" as never)] }, "evaluation/unknown-kind", /face, hard, ignore/);
});
