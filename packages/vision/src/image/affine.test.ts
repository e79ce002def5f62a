import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Affine,
  applyAffine,
  composeAffine,
  identityAffine,
  invertAffine,
  similarityFromPoints,
} from "./affine.ts";
import type { Point } from "./image.ts";

const near = (actual: readonly number[], expected: readonly number[], tolerance = 1e-6) => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${actual} is not ${expected}`);
  });
};
const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.tuple(coordinate, coordinate);

test("a similarity is found again from the points that it moved", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      point,
      (angle, scale, [x, y]) => {
        const [c, s] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
        const matrix: Affine = [c, -s, x, s, c, y];
        const from: Point[] = [
          [38, 52],
          [74, 51],
          [56, 72],
          [41, 92],
          [71, 92],
        ];
        near(similarityFromPoints(from, applyAffine(matrix, from)), matrix);
      },
    ),
  );
});

test("points that no similarity fits give the least-squares one", () => {
  // skimage 0.19 SimilarityTransform.estimate: fixtures/make-similarity.py prints these numbers
  const from: Point[] = [
    [30, 52],
    [66, 51],
    [48, 72],
    [33, 92],
    [63, 95],
  ];
  const to: Point[] = [
    [120.5, 80.25],
    [180, 95],
    [140, 130],
    [105, 160],
    [155, 178],
  ];
  near(
    similarityFromPoints(from, to),
    [1.83374023438, -0.467599051339, 85.934640067, 0.467599051339, 1.83374023438, -26.557547433],
    1e-8,
  );
});

test("a mirrored pattern is not matched by a reflection", () => {
  const from: Point[] = [
    [0, 0],
    [10, 0],
    [0, 4],
  ];
  const [a, b, , d, e] = similarityFromPoints(
    from,
    from.map(([x, y]): Point => [-x, y]),
  );
  assert.ok(a * e - b * d > 0);
  near([a, b], [e, -d]);
});

test("an inverse undoes, and composing runs the first matrix first", () => {
  // hundredths: doubles are drawn near 0 so often that too few matrices could be inverted
  const entry = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100);
  fc.assert(
    fc.property(fc.array(entry, { minLength: 6, maxLength: 6 }), point, (entries, p) => {
      const matrix = entries as unknown as Affine;
      fc.pre(Math.abs(matrix[0] * matrix[4] - matrix[1] * matrix[3]) > 0.01);
      near(applyAffine(invertAffine(matrix), applyAffine(matrix, [p]))[0]!, p, 1e-6);
      near(composeAffine(matrix, invertAffine(matrix)), identityAffine, 1e-6);
    }),
  );
  const shift: Affine = [1, 0, 5, 0, 1, 7];
  const double: Affine = [2, 0, 0, 0, 2, 0];
  near(applyAffine(composeAffine(shift, double), [[1, 1]])[0]!, [12, 16]);
});

test("degenerate points and matrices are refused", () => {
  const code = { code: "vision/transform-degenerate" };
  assert.throws(
    () =>
      similarityFromPoints(
        [
          [1, 1],
          [1, 1],
        ],
        [
          [0, 0],
          [5, 5],
        ],
      ),
    code,
  );
  assert.throws(() => similarityFromPoints([[1, 1]], [[0, 0]]), code);
  assert.throws(
    () =>
      similarityFromPoints(
        [
          [1, Number.NaN],
          [2, 2],
        ],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    code,
  );
  assert.throws(() => invertAffine([1, 2, 0, 2, 4, 0]), code);
});
