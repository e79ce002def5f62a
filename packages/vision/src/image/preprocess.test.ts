import assert from "node:assert/strict";
import { test } from "node:test";
import { applyAffine } from "./affine.ts";
import type { Image } from "./image.ts";
import { type Preprocessing, preprocess, preprocessingSchema } from "./preprocess.ts";
import { resize } from "./resize.ts";

const spec = (fields: Partial<Preprocessing>): Preprocessing =>
  preprocessingSchema.parse({
    width: 4,
    height: 4,
    color: "rgb",
    fit: "stretch",
    filter: "bilinear",
    scale: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    ...fields,
  });

/** Every pixel is (10 x + y, 50, 200 - x). */
const ramp = (width: number, height: number): Image => ({
  width,
  height,
  order: "rgb",
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const x = pixel % width;
    return [10 * x + Math.floor(pixel / width), 50, 200 - x][i % 3]!;
  }),
});

test("bytes become (v * scale - mean) / std, channels outermost, in the order asked for", () => {
  const image: Image = { width: 2, height: 1, order: "rgb", data: Uint8Array.of(255, 0, 51, 102, 204, 0) };
  const fields = { width: 2, height: 1, scale: 1 / 255, mean: [0.5, 0.4, 0.3], std: [0.5, 0.2, 0.1] };
  const rgb = preprocess(image, spec(fields));
  assert.deepEqual(rgb.shape, [3, 1, 2]);
  const expected = [(1 - 0.5) / 0.5, (0.4 - 0.5) / 0.5, -0.4 / 0.2, (0.8 - 0.4) / 0.2, (0.2 - 0.3) / 0.1, -0.3 / 0.1];
  rgb.data.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-6);
  });
  const bgr = preprocess(image, spec({ width: 2, height: 1, color: "bgr" }));
  assert.deepEqual(Array.from(bgr.data), [51, 0, 0, 204, 255, 102]);
  const gray = preprocess(image, spec({ width: 2, height: 1, color: "gray", mean: [0], std: [1] }));
  assert.deepEqual(Array.from(gray.data), [82, 150]); // 0.299 * 255 + 0.114 * 51; 0.299 * 102 + 0.587 * 204
  const fromGray: Image = { width: 1, height: 1, order: "gray", data: Uint8Array.of(9) };
  assert.deepEqual(Array.from(preprocess(fromGray, spec({ width: 1, height: 1 })).data), [9, 9, 9]);
});

test("stretch resizes both sides alone", () => {
  const image = ramp(8, 6);
  const { data, toImage } = preprocess(image, spec({ width: 4, height: 2 }));
  const resized = resize(image, { width: 4, height: 2 });
  assert.deepEqual(Array.from(data.subarray(0, 8)), Array.from(resized.data.filter((_, i) => i % 3 === 0)));
  assert.deepEqual(applyAffine(toImage, [[4, 2]]), [[8, 6]]);
});

test("cover keeps the ratio and cuts the centre", () => {
  const image = ramp(20, 4);
  const { data, shape, toImage } = preprocess(image, spec({ fit: "cover" }));
  assert.deepEqual(shape, [3, 4, 4]);
  // no resizing: columns 8 to 11
  assert.deepEqual(Array.from(data.subarray(0, 4)), [80, 90, 100, 110]);
  assert.deepEqual(applyAffine(toImage, [[0.5, 0.5]]), [[8.5, 0.5]]);
});

test("a crop after the fit takes the centre: resize 8, cut 4 of a 16 x 16 picture shows its middle half", () => {
  const { shape, toImage } = preprocess(
    ramp(16, 16),
    spec({ width: 8, height: 8, fit: "cover", crop: { width: 4, height: 4 } }),
  );
  assert.deepEqual(shape, [3, 4, 4]);
  assert.deepEqual(
    applyAffine(toImage, [
      [0, 0],
      [4, 4],
    ]),
    [
      [4, 4],
      [12, 12],
    ],
  );
});

test("letterbox keeps the ratio and pads right and below", () => {
  const { data, toImage } = preprocess(
    ramp(8, 4),
    spec({ fit: "letterbox", pad_value: 114, scale: 0.5, mean: [1, 0, 0] }),
  );
  const rows = [0, 1, 2, 3].map((y) => Array.from(data.subarray(y * 4, y * 4 + 4)));
  assert.deepEqual(rows[2], [56, 56, 56, 56]); // 114 * 0.5 - 1
  assert.deepEqual(rows[3], rows[2]);
  assert.ok(rows[1]!.every((value) => value < 40));
  assert.deepEqual(applyAffine(toImage, [[4, 2]]), [[8, 4]]);
  const tall = preprocess(ramp(2, 8), spec({ fit: "letterbox", pad_value: 7 }));
  assert.deepEqual(Array.from(tall.data.subarray(0, 4)).slice(1), [7, 7, 7]);
});

test("limit shrinks the longest side, never enlarges, and pads to the multiple", () => {
  const limit = spec({ width: 64, height: 64, fit: "limit", multiple: 32, pad_value: 3 });
  const large = preprocess(ramp(128, 70), limit);
  assert.deepEqual(large.shape, [3, 64, 64]); // 64 x 35
  assert.deepEqual(applyAffine(large.toImage, [[64, 35]]), [[128, 70]]);
  const small = preprocess(ramp(20, 33), limit);
  assert.deepEqual(small.shape, [3, 64, 32]);
  assert.deepEqual(small.toImage, [1, 0, 0, 0, 1, 0]);
  assert.equal(small.data[19], 190);
  assert.equal(small.data[20], 3);
  assert.equal(small.data[33 * 32], 3);
});

test("every fit maps the picture's corners into the input and back within a pixel, for any size", () => {
  for (const fit of ["stretch", "cover", "letterbox", "limit"] as const) {
    for (const [width, height] of [
      [1, 1],
      [1, 50],
      [31, 7],
      [100, 99],
    ] as const) {
      const { data, shape, toImage } = preprocess(
        ramp(width, height),
        spec({ width: 13, height: 9, fit, multiple: 4 }),
      );
      assert.equal(data.length, shape[0] * shape[1] * shape[2]);
      assert.ok(data.every(Number.isFinite));
      const [[x, y]] = applyAffine(toImage, [[0, 0]]) as [[number, number]];
      assert.ok(x >= 0 && y >= 0 && x < width && y < height);
    }
  }
});

test("the schema refuses what cannot be executed", () => {
  assert.throws(() => spec({ mean: [0] }), /expected 3 values for rgb, received 1/);
  assert.throws(() => spec({ std: [1, 0, 1] }));
  assert.throws(() => spec({ crop: { width: 5, height: 4 } }), /at most 4 x 4/);
  assert.throws(() => spec({ fit: "letterbox", crop: { width: 2, height: 2 } }), /is not cut/);
  assert.throws(() => spec({ width: 0 }));
  assert.throws(() => preprocessingSchema.parse({ ...spec({}), means: [0] }), /means/);
});

test("padding that is no whole byte, and a cut picture whose channels change places", () => {
  const padded = preprocess(ramp(6, 4), spec({ width: 9, height: 9, fit: "limit", multiple: 8, pad_value: 0.5 }));
  assert.deepEqual(padded.shape, [3, 8, 8]);
  assert.deepEqual(Array.from(padded.data.subarray(0, 8)), [0, 10, 20, 30, 40, 50, 0.5, 0.5]);
  assert.equal(padded.data.at(-1), 0.5);
  const cut = preprocess(ramp(8, 4), spec({ fit: "cover", color: "bgr", crop: { width: 2, height: 1 } }));
  // columns 3 and 4 of row 1: blue 200 - x, green 50, red 10 x + y
  assert.deepEqual(Array.from(cut.data), [197, 196, 50, 50, 31, 41]);
});
