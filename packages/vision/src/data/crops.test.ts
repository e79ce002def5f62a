import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Affine, applyAffine } from "../image/affine.ts";
import type { Image, Point } from "../image/image.ts";
import { alignFace, faceTransform } from "./crops.ts";
import { boxOfFivePoints, faceGeometry, fivePointsOf68 } from "./five-points.ts";

// An upright face whose numbers are easy: eyes 30 apart, mouth 40 below them, hence s = 50; the middle is (50, 60).
const upright: Point[] = [
  [35, 40],
  [65, 40],
  [50, 62],
  [38, 80],
  [62, 80],
];
const close = (received: readonly Point[], expected: readonly Point[], tolerance = 1e-9) =>
  received.forEach(([x, y], i) => {
    assert.ok(Math.hypot(x - expected[i]![0], y - expected[i]![1]) < tolerance, `point ${i}: ${x}, ${y}`);
  });

test("an upright face is measured by hand", () => {
  const { middle, size, roll } = faceGeometry(upright);
  assert.deepEqual([middle, size, roll], [[50, 60], 50, 0]);
  // 1.6 s = 80 wide, 1.96 s = 98 high, centre 0.08 s = 4 above the middle
  const { x, y, width, height } = boxOfFivePoints(upright);
  close(
    [
      [x, y],
      [width, height],
    ],
    [
      [10, 7],
      [80, 98],
    ],
  );
});

test("the crop is 2 s wide and its centre lies 0.09 s above the middle", () => {
  const matrix = faceTransform(upright, { width: 48, height: 48 });
  // 100 pixels become 48; the centre (50, 60 - 4.5) becomes (24, 24)
  close(
    applyAffine(matrix, [
      [50, 55.5],
      [0, 5.5],
      [100, 105.5],
    ]),
    [
      [24, 24],
      [0, 0],
      [48, 48],
    ],
  );
});

const turned = (points: readonly Point[], angle: number, scale: number, [x, y]: Point): Point[] => {
  const [cosine, sine] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const matrix: Affine = [cosine, -sine, x, sine, cosine, y];
  return applyAffine(matrix, points);
};
const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });

test("a turned, scaled and moved face lies in its crop like the upright one", () => {
  const expected = applyAffine(faceTransform(upright, { width: 48, height: 64 }), upright);
  fc.assert(
    fc.property(finite(-3, 3), finite(0.1, 10), finite(-500, 500), finite(-500, 500), (angle, scale, x, y) => {
      const points = turned(upright, angle, scale, [x, y]);
      assert.ok(Math.abs(faceGeometry(points).roll - angle) < 1e-9);
      close(applyAffine(faceTransform(points, { width: 48, height: 64 }), points), expected, 1e-6);
    }),
  );
});

test("keep leaves the roll of the face", () => {
  const points = turned(upright, 0.3, 1, [0, 0]);
  const options = { width: 48, height: 48, framing: { width: 2, above: 0, roll: "keep" } } as const;
  const moved = applyAffine(faceTransform(points, options), points);
  assert.ok(Math.abs(faceGeometry(moved).roll - 0.3) < 1e-9);
});

test("a quarter turn gives the pixels that the matrix promises", () => {
  // A white square of 9 pixels around the left eye of a face that lies on its side.
  const points = turned(upright, Math.PI / 2, 1, [110, 10]);
  const image: Image = { width: 120, height: 120, order: "gray", data: new Uint8Array(120 * 120) };
  const [eyeX, eyeY] = points[0]!;
  for (let y = -4; y <= 4; y++) {
    for (let x = -4; x <= 4; x++) image.data[Math.floor(eyeY + y) * 120 + Math.floor(eyeX + x)] = 255;
  }
  const crop = alignFace(image, points, { width: 100, height: 100 });
  const [x, y] = applyAffine(faceTransform(points, { width: 100, height: 100 }), [points[0]!])[0]!;
  close([[x, y]], [[35, 34.5]], 1e-6); // (35, 40) seen from the corner (0, 5.5) of the upright crop
  assert.equal(crop.data[Math.floor(y) * 100 + Math.floor(x)], 255);
  assert.equal(crop.data[Math.floor(y) * 100 + Math.floor(x) + 8], 0);
  assert.ok(Math.abs(crop.data.reduce((sum, value) => sum + value, 0) / 255 - 81) < 2);
});

test("five points of 68 are means and single points of the 300-W mark-up", () => {
  const points = Array.from({ length: 68 }, (_, i): Point => [i, 2 * i]);
  assert.deepEqual(fivePointsOf68(points), [
    [38.5, 77],
    [44.5, 89],
    [30, 60],
    [48, 96],
    [54, 108],
  ]);
});
