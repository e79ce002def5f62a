import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Image } from "../image.ts";
import { compileResizeKernels } from "./resize-kernels.ts";
import { resizeScalar } from "./resize-scalar.ts";
import { fitsMemory, resizeSimd } from "./resize-simd.ts";
import { type AveragingFilter, tapsOf } from "./resize-taps.ts";
import type { WasmHost } from "./wasm-host.ts";

// The form in JavaScript, whose bytes forms.test.ts compares with Pillow's, tells what is right here.

const kernels = compileResizeKernels(globalThis as WasmHost)!;
const averaging: readonly AveragingFilter[] = ["box", "bilinear", "bicubic", "lanczos3"];

function compare(image: Image, width: number, height: number, filter: AveragingFilter): void {
  const columns = tapsOf(image.width, width, filter);
  const rows = tapsOf(image.height, height, filter);
  const [simd, scalar] = [resizeSimd(kernels, image, columns, rows), resizeScalar(image, columns, rows)];
  assert.deepEqual([simd.width, simd.height, simd.order], [width, height, image.order]);
  assert.equal(Buffer.compare(simd.data, scalar.data), 0, `${image.width} x ${image.height} to ${width} x ${height}`);
}

/** A picture of noise, or of its darkest and brightest bytes alone, which filters with negative lobes overshoot. */
function noise(width: number, height: number, order: Image["order"], seed: number, isHard: boolean): Image {
  const data = new Uint8Array(width * height * (order === "gray" ? 1 : 3));
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes, 7.1
    const byte = state >>> 24;
    data[i] = isHard ? (byte < 128 ? 0 : 255) : byte;
  }
  return { width, height, order, data };
}

test("gives the bytes of the form in JavaScript, for any sizes, filters and orders", () => {
  const side = fc.integer({ min: 1, max: 70 });
  const order = fc.constantFrom("gray" as const, "rgb" as const, "bgr" as const);
  fc.assert(
    fc.property(
      fc.tuple(side, side, order, fc.nat(), fc.boolean()),
      fc.tuple(side, side, fc.constantFrom(...averaging)),
      (source, [width, height, filter]) => compare(noise(...source), width, height, filter),
    ),
    { numRuns: 500 },
  );
});

test("gives them where a picture goes by many bands, and where one row needs more than a band", () => {
  for (const order of ["gray", "rgb"] as const) {
    compare(noise(701, 503, order, 1, true), 333, 257, "lanczos3");
    compare(noise(97, 203, order, 2, false), 701, 601, "bicubic");
    compare(noise(997, 401, order, 3, false), 995, 3, "box");
    compare(noise(30_011, 5, order, 4, false), 7, 4, "bilinear"); // a row is more than half a band
  }
});

test("after a large picture a small one is not mixed with what memory still holds", () => {
  compare(noise(640, 480, "rgb", 5, false), 320, 320, "bilinear");
  compare(noise(9, 7, "rgb", 6, true), 5, 3, "lanczos3");
});

test("memory holds a band of a picture of 40 megapixels, and what fits no memory is told apart", () => {
  const image: Image = { width: 7700, height: 5200, order: "gray", data: new Uint8Array(7700 * 5200).fill(9) };
  const [columns, rows] = [tapsOf(7700, 640, "bilinear"), tapsOf(5200, 480, "bilinear")];
  assert.ok(fitsMemory(image, columns, rows));
  assert.ok(resizeSimd(kernels, image, columns, rows).data.every((byte) => byte === 9));
  assert.ok(kernels.memory.buffer.byteLength <= 4 << 20, `${kernels.memory.buffer.byteLength} bytes`);
  assert.ok(!fitsMemory({ ...image, order: "rgb" }, tapsOf(7700, 7000, "bilinear"), tapsOf(5200, 1, "bilinear")));
});
