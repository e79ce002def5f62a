// References: pycocotools 2.0.11 (fixtures/coco.py), and where marked by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Box } from "../boxes.ts";
import { boxOf, fixture } from "./fixture.test.support.ts";
import { maskFromPixels, maskFromText, maskPixels, maskText } from "./mask-format.ts";
import { maskFromPolygons } from "./polygons.ts";
import { boxRegions, maskRegions } from "./regions.ts";
import { checkMask, type Mask, maskArea, maskBox, maskIntersection, maskUnion } from "./run-length.ts";

interface Shape {
  readonly polygon: number[];
  readonly text: string;
  readonly area: number;
}
const size = { height: fixture.size, width: fixture.size };
const shapes: Shape[] = fixture.shapes;
const masks = shapes.map(({ text }) => maskFromText(text, size));

test("polygons become pycocotools' masks, run by run", () => {
  shapes.forEach(({ polygon, text, area }, i) => {
    const mask = maskFromPolygons([polygon], size);
    assert.equal(maskText(mask), text, `shape ${i}: ${polygon}`);
    assert.equal(maskArea(mask), area);
  });
});

test("text is read back as it was written", () => {
  masks.forEach((mask, i) => {
    assert.equal(maskText(mask), shapes[i]!.text);
  });
});

test("overlaps are pycocotools', to the bit, crowds among them", () => {
  const { crowds, boxes, masks_iou, boxes_iou } = fixture.overlaps;
  const prepared = masks.map((mask) => maskRegions.prepare(mask, ""));
  assert.deepEqual(
    prepared.slice(0, 20).map((d) => prepared.slice(20, 32).map((g, i) => maskRegions.overlap(d, g, crowds[i]))),
    masks_iou,
  );
  const list: Box[] = boxes.map(boxOf);
  assert.deepEqual(
    [...list].reverse().map((d) => list.map((g, i) => boxRegions.overlap(d, g, crowds[i]))),
    boxes_iou,
  );
});

const pictures = fc
  .record({ height: fc.integer({ min: 1, max: 6 }), width: fc.integer({ min: 1, max: 6 }) })
  .chain(({ height, width }) => {
    const pixels = fc.array(fc.nat(1), { minLength: height * width, maxLength: height * width });
    return fc.record({ size: fc.constant({ height, width }), a: pixels, b: pixels });
  });

test("runs count as pixels do", () => {
  fc.assert(
    fc.property(pictures, ({ size, a, b }) => {
      const [first, second] = [maskFromPixels(a, size), maskFromPixels(b, size)];
      assert.deepEqual(Array.from(maskPixels(first)), a);
      assert.deepEqual(maskFromText(maskText(first), size), first);
      assert.equal(maskArea(first), a.filter(Boolean).length);
      assert.equal(maskIntersection(first, second), a.filter((pixel, i) => pixel === 1 && b[i] === 1).length);
      const union = maskUnion([first, second], size);
      checkMask(union, "union");
      assert.deepEqual(
        Array.from(maskPixels(union)),
        a.map((pixel, i) => pixel | b[i]!),
      );
      const at = a.flatMap((pixel, i) => (pixel === 1 ? [[i % size.width, Math.floor(i / size.width)] as const] : []));
      const { x, y, width, height } = maskBox(first);
      if (at.length === 0) assert.deepEqual([x, y, width, height], [0, 0, 0, 0]);
      else {
        const range = (axis: 0 | 1) => {
          const values = at.map((point) => point[axis]);
          return [Math.min(...values), Math.max(...values) + 1];
        };
        assert.deepEqual([x, x + width], range(0));
        assert.deepEqual([y, y + height], range(1));
      }
    }),
  );
});

test("broken masks are refused", () => {
  const bad = { code: "evaluation/bad-mask" };
  const check = (mask: Mask) => () => checkMask(mask, "mask");
  assert.throws(check({ height: 2, width: 2, runs: [1, 2] }), { ...bad, message: /^mask: .* 2 runs of 3 pixels/ });
  assert.throws(check({ height: 2, width: 2, runs: [5, -1] }), bad);
  assert.throws(check({ height: 2, width: 2, runs: [1.5, 2.5] }), bad);
  assert.throws(check({ height: 2, width: 2, runs: [Number.NaN, 4] }), bad);
  assert.throws(() => maskFromText("13 ", { height: 2, width: 2 }), bad);
  assert.throws(() => maskFromText("~~~~", { height: 2, width: 2 }), bad);
  assert.throws(() => maskFromPixels([0, 1], { height: 2, width: 2 }), bad);
  assert.throws(() => maskFromPolygons([[0, 0, 1, 1]], size), bad);
  assert.throws(() => maskFromPolygons([[0, 0, 1, 1, 2, Number.NaN]], size), bad);
  const whole = (side: number) => maskRegions.prepare({ height: side, width: side, runs: [0, side * side] }, "");
  assert.throws(() => maskRegions.overlap(whole(2), whole(3), false), bad);
});
