import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Affine } from "../affine.ts";
import type { Border } from "../border.ts";
import type { Image } from "../image.ts";
import { compileWarpKernels } from "./warp-kernels.ts";
import { averageBlocksScalar, sampleScalar } from "./warp-scalar.ts";
import { averageBlocksSimd, fitsRegion, maxBlock, sampleSimd } from "./warp-simd.ts";
import type { WasmHost } from "./wasm-host.ts";

// The form in JavaScript tells what is right; warp.test.ts compares with scipy's values.

const kernels = compileWarpKernels(globalThis as WasmHost)!;
const borders: readonly Border[] = ["replicate", "mirror", "white", "black"];
const orders = ["gray", "rgb", "bgr"] as const;

const noise = (width: number, height: number, order: Image["order"], seed = 1): Image => {
  // multiplicative hashing (Knuth): bytes without a pattern that sampling could meet
  const byteAt = (_: unknown, i: number) => Math.imul(i + seed, 0x9e3779b1) >>> 24;
  return {
    width,
    height,
    order,
    data: Uint8Array.from({ length: width * height * (order === "gray" ? 1 : 3) }, byteAt),
  };
};

const side = fc.integer({ min: 1, max: 40 });
const pictures = fc.tuple(side, side, fc.constantFrom(...orders), fc.nat(1000)).map((values) => noise(...values));

test("samples have the bytes of the form in JavaScript, for any map and border, within the picture and far from it", () => {
  const slope = fc.double({ min: -3, max: 3, noNaN: true });
  const offset = fc.double({ min: -90, max: 90, noNaN: true });
  const maps = fc.tuple(slope, slope, offset, slope, slope, offset);
  fc.assert(
    fc.property(pictures, maps, side, side, fc.constantFrom(...borders), (image, matrix, width, height, border) => {
      const sampling = { width, height, border };
      assert.ok(fitsRegion(image, matrix, sampling));
      assert.deepEqual(sampleSimd(kernels, image, matrix, sampling), sampleScalar(image, matrix, sampling));
    }),
    { numRuns: 400 },
  );
});

test("samples at and halfway between pixels have the same bytes too", () => {
  for (const order of orders) {
    for (const step of [1, 0.5, -1, 2]) {
      const matrix: Affine = [step, 0, step < 0 ? 21 : 0, 0, step, step < 0 ? 17 : 0];
      const sampling = { width: 21, height: 17, border: "mirror" } as const;
      const image = noise(21, 17, order);
      assert.deepEqual(sampleSimd(kernels, image, matrix, sampling), sampleScalar(image, matrix, sampling));
    }
  }
});

test("means of blocks have the bytes of the form in JavaScript, for any part of the blocks and cut ones", () => {
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const block = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(pictures, block, share, share, share, share, (image, block, a, b, c, d) => {
      const [columns, rows] = [Math.ceil(image.width / block), Math.ceil(image.height / block)];
      const [left, top] = [Math.floor(a * columns), Math.floor(b * rows)];
      const right = left + 1 + Math.floor(c * (columns - left));
      const bottom = top + 1 + Math.floor(d * (rows - top));
      const range = { left, top, right, bottom };
      assert.deepEqual(averageBlocksSimd(kernels, image, block, range), averageBlocksScalar(image, block, range));
    }),
    { numRuns: 400 },
  );
});

test("the largest block of the brightest pixels fits its sums", () => {
  for (const order of ["gray", "rgb"] as const) {
    const dark = noise(maxBlock + 3, maxBlock, order);
    const image: Image = { ...dark, data: dark.data.fill(255) };
    const { data } = averageBlocksSimd(kernels, image, maxBlock, { left: 0, top: 0, right: 2, bottom: 1 });
    assert.ok(data.every((byte) => byte === 255));
  }
});

test("maps that need too many pixels, or positions beyond 32 bits, are told apart", () => {
  const image = noise(3, 3, "rgb");
  const sampling = { width: 100, height: 100, border: "replicate" } as const;
  assert.ok(fitsRegion(image, [30, 0, 0, 0, 30, 0], sampling));
  assert.ok(!fitsRegion(image, [3000, 0, 0, 0, 3000, 0], sampling));
  for (const far of [2 ** 30, -(2 ** 40), 1e300]) {
    assert.ok(!fitsRegion(image, [1, 0, far, 0, 1, 0], sampling));
    assert.ok(!fitsRegion(image, [1, 0, 0, 0, 1, far], sampling));
  }
});
