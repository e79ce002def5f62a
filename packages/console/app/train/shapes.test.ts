import assert from "node:assert/strict";
import { test } from "node:test";
import { drawShape, shapes } from "./shapes.ts";

test("drawings are the same each time, differ from each other, and show the shape's own area", () => {
  // share of dark pixels in units of size^2, by hand: pi * 0.8, 1.6^2, and 3 * sqrt(3) * 0.55^2
  const areas = { circle: 2.513, square: 2.56, triangle: 1.572 };
  const sizes = { circle: 0, square: 0, triangle: 0 };
  for (const shape of shapes) {
    const first = drawShape(shape, 0);
    assert.deepEqual(drawShape(shape, 0), first);
    assert.notDeepEqual(drawShape(shape, 1), first);
    assert.equal(first.data.length, 64 * 64 * 3);
    for (let index = 0; index < 40; index++) {
      const { data } = drawShape(shape, index);
      const middle = (Math.max(...data) + Math.min(...data)) / 2;
      for (let at = 0; at < data.length; at += 3)
        if ((data[at]! + data[at + 1]! + data[at + 2]!) / 3 < middle) sizes[shape]++;
    }
    // sizes are uniform in 18 to 26: their mean square is 489.3
    const mean = sizes[shape] / 40 / 489.3;
    assert.ok(Math.abs(mean / areas[shape] - 1) < 0.25, `${shape}: ${mean}`);
  }
});
