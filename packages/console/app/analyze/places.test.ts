import assert from "node:assert/strict";
import { test } from "node:test";
import type { Face } from "@foveajs/vision";
import fc from "fast-check";
import { circumplexPlace } from "./circumplex.ts";
import { overlayName, tableName } from "./file-names.ts";
import { createFrameRate } from "./frame-rate.ts";
import { mirrored } from "./mirrored.ts";
import { neighbour } from "./neighbour.ts";
import { picturesOf } from "./pictures.ts";
import { secondsLeft } from "./time-left.ts";
import { follow, seen } from "./tracks.ts";

const face = (x: number, y: number, side = 40): Face => ({
  box: { x, y, width: side, height: side },
  score: 0.9,
  points: {
    left_eye: [x + 10, y + 10],
    right_eye: [x + 30, y + 10],
    nose: [x + 20, y + 20],
    left_mouth: [x + 12, y + 30],
    right_mouth: [x + 28, y + 30],
  },
  readings: {
    head_pose: {
      label: "left",
      scores: { left_profile: 0.1, left: 0.7, frontal: 0.15, right: 0.04, right_profile: 0.01 },
    },
  },
  values: {},
  eyes: { eye: { left: { label: "open", scores: {} }, right: { label: "closed", scores: {} } } },
});

test("a mirrored face lies on the other side, and its left is right", () => {
  const { box, points, readings, eyes } = mirrored(face(100, 50), 640);
  assert.deepEqual(box, { x: 500, y: 50, width: 40, height: 40 });
  assert.deepEqual(
    [points.left_eye, points.right_eye],
    [
      [510, 60],
      [530, 60],
    ],
  );
  assert.equal(readings.head_pose!.label, "right");
  assert.deepEqual(readings.head_pose!.scores, {
    left_profile: 0.01,
    left: 0.04,
    frontal: 0.15,
    right: 0.7,
    right_profile: 0.1,
  });
  assert.equal(eyes.eye!.left.label, "closed");
});

test("a mirror of a mirror shows the face itself", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 400 }), (x, y) => {
      const one = face(x, y);
      assert.deepEqual(mirrored(mirrored(one, 640), 640), one);
    }),
  );
});

test("arrows lead to the nearest face of their side, and stay where there is none", () => {
  const boxes = [face(0, 0), face(100, 10), face(200, 0), face(110, 200)].map(({ box }) => box);
  assert.equal(neighbour(boxes, 0, "right"), 1);
  assert.equal(neighbour(boxes, 1, "right"), 2);
  assert.equal(neighbour(boxes, 1, "down"), 3);
  assert.equal(neighbour(boxes, 3, "up"), 1);
  assert.equal(neighbour(boxes, 0, "left"), 0);
});

test("a face keeps its number while it moves and for a few frames in which it is missed; a new one takes the lowest free", () => {
  let tracks = follow([], [face(0, 0), face(200, 0)]);
  assert.deepEqual(
    tracks.map(({ number }) => number),
    [1, 2],
  );
  tracks = follow(tracks, [face(205, 5)]);
  assert.deepEqual(
    seen(tracks).map(({ number, face: { box } }) => [number, box.x]),
    [[2, 205]],
  );
  tracks = follow(tracks, [face(210, 5), face(4, 4), face(400, 0)]);
  assert.deepEqual(
    seen(tracks).map(({ number, face: { box } }) => [number, box.x]),
    [
      [1, 4],
      [2, 210],
      [3, 400],
    ],
  );
  for (let frame = 0; frame < 9; frame++) tracks = follow(tracks, [face(210, 5)]);
  assert.deepEqual(
    tracks.map(({ number }) => number),
    [2],
  );
  assert.deepEqual(
    follow(tracks, [face(0, 0), face(210, 5)]).map(({ number }) => number),
    [1, 2],
  );
});

test("the circumplex has pleasure to the right and arousal above, and its edge holds what lies beyond", () => {
  assert.deepEqual(circumplexPlace(1, 1), { x: 1, y: 0 });
  assert.deepEqual(circumplexPlace(0, -0.5), { x: 0.5, y: 0.75 });
  assert.deepEqual(circumplexPlace(-3, 2), { x: 0, y: 0 });
});

test("frames are counted over two seconds", () => {
  const rate = createFrameRate();
  assert.equal(rate(0), undefined);
  for (let at = 100; at < 5000; at += 100) rate(at);
  assert.equal(rate(5000), 10);
});

test("the rest takes as long a picture as those that are done", () => {
  assert.equal(secondsLeft({ done: 1, total: 10, elapsedMs: 1000 }), undefined);
  assert.equal(secondsLeft({ done: 5, total: 25, elapsedMs: 2000 }), 8);
  assert.equal(secondsLeft({ done: 5, total: 5, elapsedMs: 2000 }), undefined);
});

test("of a folder its pictures are taken by their names' order, of single files all", () => {
  const file = (name: string) => ({ name, file: undefined as unknown as File });
  const { pictures, skipped } = picturesOf(
    ["d/b10.jpg", "d/b9.JPEG", "d/notes.txt", "d/.DS_Store", "readme.txt"].map(file),
  );
  assert.deepEqual(
    pictures.map(({ name }) => name),
    ["d/b9.JPEG", "d/b10.jpg", "readme.txt"],
  );
  assert.equal(skipped, 2);
});

test("downloads are named after their picture", () => {
  assert.equal(overlayName("a/b.c/photo.one.jpg"), "photo.one.overlay.png");
  assert.equal(tableName(["a/photo.jpg"]), "photo.faces.csv");
  assert.equal(tableName(["a.jpg", "b.jpg"]), "faces.csv");
});
