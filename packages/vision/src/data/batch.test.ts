import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { interleave, sampleOrder } from "./batch.ts";

test("an order is a permutation that depends on seed and epoch alone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(50), fc.nat(), (count, epoch, seed) => {
      const order = sampleOrder(count, epoch, seed);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        Array.from({ length: count }, (_, i) => i),
      );
      assert.deepEqual(sampleOrder(count, epoch, seed), order);
    }),
  );
  assert.notDeepEqual(sampleOrder(100, 1, 7), sampleOrder(100, 2, 7));
  assert.notDeepEqual(sampleOrder(100, 1, 7), sampleOrder(100, 1, 8));
});

test("value i of sample n stands at i * N + n", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 700 }), (count, size) => {
      const samples = Array.from({ length: count }, (_, n) =>
        Float32Array.from({ length: size }, (_, i) => n * 1000 + i),
      );
      const out = interleave(samples, new Float32Array(count * size));
      for (let at = 0; at < out.length; at++) assert.equal(out[at], (at % count) * 1000 + Math.floor(at / count));
    }),
  );
});

test("samples of different sizes and a wrong output are refused", () => {
  const [a, b] = [new Float32Array(3), new Float32Array(4)];
  assert.throws(() => interleave([a, b], new Float32Array(6)), {
    code: "vision/batch-size",
    message: /sample 1: expected 3/,
  });
  assert.throws(() => interleave([a, a], new Float32Array(7)), {
    code: "vision/batch-size",
    message: /output: expected 6/,
  });
});
