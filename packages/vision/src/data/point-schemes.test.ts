import assert from "node:assert/strict";
import { test } from "node:test";
import { fivePointsOf68, mirroredFivePoints } from "./five-points.ts";
import { pointSchemes } from "./point-schemes.ts";

// The 68 pairs by hand from the figure of the 300-W mark-up: each point and the one across the face.
const across68 = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17],
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31],
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55],
  ...[64, 63, 62, 61, 60, 67, 66, 65],
];

test("mirroring twice changes nothing, and the 68 points pair as the mark-up's figure has them", () => {
  for (const { count, mirrored } of Object.values(pointSchemes)) {
    assert.equal(mirrored.length, count);
    assert.deepEqual(
      mirrored.map((i) => mirrored[i]),
      Array.from({ length: count }, (_, i) => i),
    );
  }
  assert.deepEqual(pointSchemes.ibug68.mirrored, across68);
  assert.deepEqual(pointSchemes.five.mirrored, [...mirroredFivePoints]);
});

test("the five points are those of the reader", () => {
  const points = Array.from({ length: 68 }, (_, i): [number, number] => [(i * 7) % 13, (i * 5) % 11]);
  const means = pointSchemes.ibug68.five.map((of: readonly number[]) =>
    [0, 1].map((axis) => of.reduce((sum, i) => sum + points[i]![axis]!, 0) / of.length),
  );
  assert.deepEqual(
    means,
    fivePointsOf68(points).map((point) => [...point]),
  );
});
