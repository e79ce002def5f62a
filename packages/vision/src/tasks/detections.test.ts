import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Affine, applyAffine, identityAffine } from "../image/affine.ts";
import { detection } from "./detection.ts";
import { type Detection, detectionSchema } from "./detection-spec.ts";
import { decodeDetections, type LevelOutput, overlapOf } from "./detections.ts";
import { apartFaces, perfectOutputs, size, spec } from "./faces.test.support.ts";

const toImages: fc.Arbitrary<Affine> = fc
  .tuple(
    ...[0.25, 0.25].map((min) => fc.double({ min, max: 8, noNaN: true })),
    ...[-50, -50].map((min) => fc.double({ min, max: 400, noNaN: true })),
  )
  .map(([scaleX, scaleY, x, y]) => [scaleX!, 0, x!, 0, scaleY!, y!]);

test("what encode wrote, decode reads: boxes and points to a thousandth of a pixel of the input", () => {
  fc.assert(
    fc.property(apartFaces, toImages, (faces, toImage) => {
      const found = decodeDetections(perfectOutputs(detection.encode({ faces, ignore: [] }, spec, size)), spec, {
        toImage,
      });
      assert.equal(found.length, faces.length);
      const tolerance = 1e-3 * Math.max(toImage[0], toImage[4]);
      for (const { box, points } of faces) {
        const corners = [[box.x, box.y], [box.x + box.width, box.y + box.height], ...points!] as const;
        const expected = applyAffine(toImage, corners).flat();
        const errors = found.map(({ box: { x, y, width, height }, points: placed }) => {
          const received = [x, y, x + width, y + height, ...placed.flat()];
          return Math.max(...expected.map((value, index) => Math.abs(value - received[index]!)));
        });
        assert.ok(Math.min(...errors) < tolerance, `${Math.min(...errors)}`);
      }
      for (const { score } of found) assert.ok(score > 0.999_999 && score <= 1);
    }),
    { numRuns: 200 },
  );
});

const single: Detection = detectionSchema.parse({
  kind: "detection",
  name: "x",
  points: 0,
  strides: [10],
  sizes: [[0, 1e5]],
});

/** One row of cells, 10 pixels each, from [score, x, y, width, height] in pixels of the input. */
function levelOf(
  boxes: readonly (readonly [score: number, x: number, y: number, width: number, height: number])[],
): LevelOutput {
  const data = new Float32Array(5 * boxes.length);
  boxes.forEach(([score, x, y, width, height], cell) => {
    const values = [
      Math.log(score / (1 - score)),
      (x + width / 2 - 10 * cell - 5) / 10,
      (y + height / 2 - 5) / 10,
      Math.log(width / 10),
      Math.log(height / 10),
    ];
    values.forEach((value, channel) => {
      data[channel * boxes.length + cell] = value;
    });
  });
  return { data, rows: 1, columns: boxes.length };
}

const scoresOf = (
  level: LevelOutput,
  options: Partial<Parameters<typeof decodeDetections>[2]> = {},
  other: Partial<Detection> = {},
) =>
  decodeDetections([level], { ...single, ...other }, { toImage: identityAffine, ...options }).map(
    ({ score }) => Math.round(score * 100) / 100,
  );

test("of boxes that overlap by more than nms_iou the strongest stays; the strongest comes first", () => {
  // 10 x 10 boxes moved by 2 share 8 / 12 = 0.67, by 5 they share 5 / 15 = 0.33
  const level = levelOf([
    [0.6, 0, 0, 10, 10],
    [0.9, 2, 0, 10, 10],
    [0.8, 7, 0, 10, 10],
    [0.7, 100, 0, 10, 10],
  ]);
  assert.deepEqual(scoresOf(level), [0.9, 0.8, 0.7]);
  assert.deepEqual(scoresOf(level, {}, { nms_iou: 0.3 }), [0.9, 0.7]);
  assert.deepEqual(scoresOf(level, {}, { nms_iou: 1 }), [0.9, 0.8, 0.7, 0.6]);
});

test("of several classes a find has the likeliest, its score times that probability; boxes of other classes drop nothing", () => {
  const spec: Detection = detectionSchema.parse({ ...single, labels: ["cat", "dog"] });
  const { data } = levelOf([
    [0.9, 0, 0, 10, 10],
    [0.8, 1, 0, 10, 10],
    [0.7, 2, 0, 10, 10],
  ]);
  // logits of cat and dog at the three cells: softmax of (0, ln 3) is 0.25 and 0.75
  const level = {
    data: Float32Array.of(...Array.from(data), 0, Math.log(3), 0, Math.log(3), 0, Math.log(3)),
    rows: 1,
    columns: 3,
  };
  const found = decodeDetections([level], spec, { toImage: identityAffine, threshold: 0.1 });
  assert.deepEqual(
    found.map(({ class: index, score }) => [index, Math.round(score * 1000) / 1000]),
    [
      [1, 0.675],
      [0, 0.6],
    ],
  );
  assert.deepEqual(decodeDetections([level], spec, { toImage: identityAffine, threshold: 0.65 }).length, 1);
  assert.equal(decodeDetections([{ ...level, data }], single, { toImage: identityAffine })[0]!.class, undefined);
});

test("what was dropped drops nothing itself", () => {
  // a chain: the first covers the second, the second the third, the first not the third
  const level = levelOf([
    [0.9, 0, 0, 10, 10],
    [0.8, 3, 0, 10, 10],
    [0.7, 6, 0, 10, 10],
  ]);
  assert.deepEqual(scoresOf(level), [0.9, 0.7]);
});

test("scores at the threshold are told, below it not, 0 tells all and 1 none; the task's own is used unless told", () => {
  const level = levelOf([
    [0.3, 0, 0, 5, 5],
    [0.5001, 20, 0, 5, 5],
    [0.01, 40, 0, 5, 5],
  ]);
  assert.deepEqual(scoresOf(level), [0.5]);
  assert.deepEqual(scoresOf(level, {}, { threshold: 0.25 }), [0.5, 0.3]);
  assert.deepEqual(scoresOf(level, { threshold: 0 }), [0.5, 0.3, 0.01]);
  assert.deepEqual(scoresOf(level, { threshold: 1 }), []);
  const even = { data: Float32Array.of(0, 0, 0, 0, 0), rows: 1, columns: 1 };
  assert.deepEqual(scoresOf(even, { threshold: 0.5 }), [0.5]);
});

test("only the strongest `maximum` candidates are looked at", () => {
  const level = levelOf([
    [0.6, 0, 0, 5, 5],
    [0.9, 20, 0, 5, 5],
    [0.8, 40, 0, 5, 5],
  ]);
  assert.deepEqual(scoresOf(level, { maximum: 2 }), [0.9, 0.8]);
});

test("scores that are no number are no finds; wild sides stay finite, as in training", () => {
  const data = Float32Array.of(Number.NaN, 3, 0, 0, 0, 0, 0, 500, 0, 500);
  const [found, ...others] = decodeDetections([{ data, rows: 1, columns: 2 }], single, { toImage: identityAffine });
  assert.deepEqual(others, []);
  assert.ok(Math.abs(found!.box.width - 10 * Math.exp(5)) < 1e-6 && Number.isFinite(found!.box.y));
});

test("no levels, no finds", () => {
  assert.deepEqual(decodeDetections([], single, { toImage: identityAffine }), []);
});

// By hand.
test("overlap: shared area over united area, 0 where nothing is shared or a box is empty", () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  assert.equal(overlapOf(box, box), 1);
  assert.equal(overlapOf(box, { ...box, x: 5 }), 1 / 3);
  assert.equal(overlapOf(box, { x: 2, y: 2, width: 5, height: 2 }), 0.1);
  for (const other of [
    { ...box, x: 10 },
    { ...box, y: -20 },
    { ...box, x: 5, width: 0 },
  ])
    assert.equal(overlapOf(box, other), 0);
  assert.equal(overlapOf({ ...box, width: 0 }, { ...box, width: 0 }), 0);
});
