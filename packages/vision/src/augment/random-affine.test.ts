import assert from "node:assert/strict";
import { test } from "node:test";
import { applyAffine, identityAffine } from "../image/affine.ts";
import { createRandom } from "./random.ts";
import { randomAffine } from "./random-affine.ts";

test("turn, magnification and shift stay within their bounds and reach towards them", () => {
  const random = createRandom("affine");
  const centre = [56, 40] as const;
  const seen = { angle: 0, low: 9, high: 0, shiftX: 0, shiftY: 0 };
  for (let i = 0; i < 400; i++) {
    const matrix = randomAffine(random, { centre, rotation: 20, scale: [0.5, 2], shift: [6, 3] });
    const [a, b, , d, e] = matrix;
    assert.ok(Math.abs(a - e) < 1e-12 && Math.abs(b + d) < 1e-12); // a similarity, no mirror
    const angle = Math.abs((Math.atan2(d, a) * 180) / Math.PI);
    const scale = Math.hypot(a, d);
    const [[x, y]] = applyAffine(matrix, [centre]) as [[number, number]];
    assert.ok(angle <= 20 && scale >= 0.5 && scale <= 2 && Math.abs(x - 56) <= 6.001 && Math.abs(y - 40) <= 3.001);
    seen.angle = Math.max(seen.angle, angle);
    seen.low = Math.min(seen.low, scale);
    seen.high = Math.max(seen.high, scale);
    seen.shiftX = Math.max(seen.shiftX, Math.abs(x - 56));
    seen.shiftY = Math.max(seen.shiftY, Math.abs(y - 40));
  }
  assert.ok(seen.angle > 19 && seen.low < 0.53 && seen.high > 1.9 && seen.shiftX > 5.7 && seen.shiftY > 2.85);
});

test("no settings: nothing moves", () => {
  const matrix = randomAffine(createRandom(1), { centre: [3, 5] });
  matrix.forEach((value, i) => {
    assert.ok(Math.abs(value - identityAffine[i]!) < 1e-12);
  });
});
