// By hand: eyes 30 apart and 40 above the mouth give a size of 50, hence a box of 80 x 98 whose centre is 4 above the middle (50, 60).
import assert from "node:assert/strict";
import { test } from "node:test";
import { faceByPoints } from "./annotated-face.ts";

test("the box around eyes and mouth, moved and scaled with them, the same however the mouth is wide", () => {
  const expected = { x: 10, y: 7, width: 80, height: 98 };
  for (const half of [10, 14]) {
    const found = faceByPoints([
      [35, 40],
      [65, 40],
      [50 - half, 80],
      [50 + half, 80],
    ]);
    for (const side of ["x", "y", "width", "height"] as const)
      assert.ok(Math.abs(found[side] - expected[side]) < 1e-9, `${side} ${found[side]}`);
  }
});
