// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { intersectionOverUnion } from "./boxes.ts";
import { matchScene, type Scene } from "./detection-matching.ts";

const box = (x: number, y = 0, width = 10, height = 10) => ({ x, y, width, height });
const real = (x: number) => ({ box: box(x), ignored: false });
const ignored = (x: number) => ({ box: box(x), ignored: true });
const none = Number.NEGATIVE_INFINITY;
const scores = (list: readonly { score: number }[]) => list.map(({ score }) => score);

test("IoU of boxes: shared, touching, apart, inside, empty", () => {
  assert.equal(intersectionOverUnion(box(0), box(5)), 50 / 150);
  assert.equal(intersectionOverUnion(box(0), box(10)), 0);
  assert.equal(intersectionOverUnion(box(0), box(30, 30)), 0);
  assert.equal(intersectionOverUnion(box(0), box(2, 2, 5, 4)), 20 / 100);
  assert.equal(intersectionOverUnion(box(0.1, 0.2, 0.3, 0.7), box(0.1, 0.2, 0.3, 0.7)), 1);
  assert.equal(intersectionOverUnion(box(0, 0, 0, 0), box(0, 0, 0, 0)), 0);
});

test("the surest takes the box; the next takes the best box left, or is false", () => {
  // 0.8 fits the box at 0 best (9/11), which 0.9 has; the box at 4 is left: 7/13
  const detections = [
    { box: box(1), score: 0.8 },
    { box: box(0), score: 0.9 },
  ];
  const two = matchScene({ truth: [real(0), real(4)], detections }, { iou: 0.5 });
  assert.deepEqual(scores(two.found), [0.9, 0.8]);
  const one = matchScene({ truth: [real(0)], detections }, { iou: 0.5 });
  assert.deepEqual([scores(one.found), scores(one.falseDetections)], [[0.9], [0.8]]);
});

test("an ignored box drops any number of detections that fit it best and is nothing to find", () => {
  const detections = [
    { box: box(1), score: 0.8 },
    { box: box(0), score: 0.9 },
    { box: box(8), score: 0.7 },
  ];
  // 0.7: 2/18 with the ignored box, 8/12 with the real one at 10
  const { found, falseDetections, dropped } = matchScene({ truth: [ignored(0), real(10)], detections }, { iou: 0.5 });
  assert.deepEqual([scores(found), scores(falseDetections), scores(dropped)], [[0.7], [], [0.9, 0.8]]);
});

test("a box that is both real and ignored goes to the real one first", () => {
  const detections = [
    { box: box(0), score: 0.9 },
    { box: box(0), score: 0.8 },
  ];
  const { found, dropped } = matchScene({ truth: [ignored(0), real(0)], detections }, { iou: 0.5 });
  assert.deepEqual([scores(found), scores(dropped)], [[0.9], [0.8]]);
});

test("the IoU threshold is inclusive, and boxes apart never match, not even at 0", () => {
  const truth = [real(0)];
  const detections = [{ box: box(5), score: 1 }]; // 1/3
  assert.deepEqual(scores(matchScene({ truth, detections }, { iou: 1 / 3 }).found), [1]);
  assert.deepEqual(scores(matchScene({ truth, detections }, { iou: 0.34 }).found), [none]);
  assert.deepEqual(scores(matchScene({ truth, detections: [{ box: box(50), score: 1 }] }, { iou: 0 }).found), [none]);
});

test("the order of rows never decides", () => {
  const anyBox = fc.record({
    x: fc.integer({ min: 0, max: 8 }),
    y: fc.constantFrom(0, 3),
    width: fc.constantFrom(8, 10),
    height: fc.constantFrom(8, 10),
  });
  const truth = fc.array(fc.record({ box: anyBox, ignored: fc.boolean() }), { maxLength: 4 });
  const detections = fc.array(fc.record({ box: anyBox, score: fc.constantFrom(0.5, 0.7) }), { maxLength: 5 });
  const summary = (scene: Scene) => {
    const { found, falseDetections, dropped } = matchScene(scene, { iou: 0.35 });
    return [scores(found), scores(falseDetections), scores(dropped)].map((list) => [...list].sort());
  };
  fc.assert(
    fc.property(truth, detections, (boxes, guesses) => {
      const scene = { truth: boxes, detections: guesses };
      const reversed = { truth: [...boxes].reverse(), detections: [...guesses].reverse() };
      assert.deepEqual(summary(reversed), summary(scene));
    }),
  );
});

test("a detection halfway between two boxes takes the left one, whichever is listed first", () => {
  const detections = [
    { box: box(5), score: 0.9 }, // 1/3 with each
    { box: box(0), score: 0.8 },
  ];
  for (const truth of [
    [real(0), real(10)],
    [real(10), real(0)],
  ]) {
    assert.deepEqual(scores(matchScene({ truth, detections }, { iou: 0.3 }).found), [0.9, none]);
  }
});

test("what happens above a score does not depend on what is below it", () => {
  const scene = {
    truth: [real(0), real(4)],
    detections: [
      { box: box(1), score: 0.8 },
      { box: box(0), score: 0.9 },
    ],
  };
  const { found } = matchScene({ ...scene, detections: [scene.detections[1]!] }, { iou: 0.5 });
  assert.deepEqual(scores(found), [0.9, none]);
});

test("broken boxes and scores are refused, by place", () => {
  const at = (detection: { box: ReturnType<typeof box>; score: number }) => () =>
    matchScene({ truth: [], detections: [detection] }, { iou: 0.5 });
  assert.throws(at({ box: box(Number.NaN), score: 1 }), {
    code: "evaluation/bad-box",
    message: /^detections, box 0: /,
  });
  assert.throws(at({ box: box(0, 0, -1), score: 1 }), { code: "evaluation/bad-box" });
  assert.throws(at({ box: box(0), score: Number.NaN }), { code: "evaluation/bad-score" });
  assert.throws(() => matchScene({ truth: [real(Number.POSITIVE_INFINITY)], detections: [] }, { iou: 0.5 }), {
    code: "evaluation/bad-box",
    message: /^truth, box 0: /,
  });
});
