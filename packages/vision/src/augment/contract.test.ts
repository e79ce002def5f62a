import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColorOrder, Image } from "../image/image.ts";
import { blur } from "./blur.ts";
import { colorJitter } from "./color-jitter.ts";
import { downscale } from "./downscale.ts";
import { erase } from "./erase.ts";
import { flip } from "./flip.ts";
import { grayscale } from "./grayscale.ts";
import { jpeg } from "./jpeg.ts";
import { noise } from "./noise.ts";
import { createRandom, type Random } from "./random.ts";

// each with settings that do change the picture, and with those that must not
const augmentations: Record<string, { run: (i: Image, r: Random) => Image; none?: (i: Image, r: Random) => Image }> = {
  flip: { run: (i, r) => flip(i, r, { chance: 1 }), none: (i, r) => flip(i, r, { chance: 0 }) },
  colorJitter: {
    run: (i, r) => colorJitter(i, r, { brightness: 0.4, contrast: 0.4, gain: 0.2 }),
    none: (i, r) => colorJitter(i, r, {}),
  },
  grayscale: { run: (i, r) => grayscale(i, r, { chance: 1 }), none: (i, r) => grayscale(i, r, { chance: 0 }) },
  blur: { run: (i, r) => blur(i, r, { sigma: [1, 2] }), none: (i, r) => blur(i, r, { sigma: [0, 0] }) },
  noise: { run: (i, r) => noise(i, r, { sigma: [5, 9] }), none: (i, r) => noise(i, r, { sigma: [0, 0] }) },
  jpeg: { run: (i, r) => jpeg(i, r, { quality: [10, 40] }) },
  downscale: {
    run: (i, r) => downscale(i, r, { factor: [2, 4] }),
    none: (i, r) => downscale(i, r, { factor: [1, 1] }),
  },
  erase: { run: (i, r) => erase(i, r, { chance: 1 }), none: (i, r) => erase(i, r, { chance: 0 }) },
};

const picture = (width: number, height: number, order: ColorOrder): Image => {
  const random = createRandom("picture", width, height, order);
  const length = width * height * (order === "gray" ? 1 : 3);
  return { width, height, order, data: Uint8Array.from({ length }, () => random.integer(256)) };
};

for (const [name, { run, none }] of Object.entries(augmentations)) {
  test(`${name} keeps size and order, leaves its input, and depends on the seed alone`, () => {
    for (const order of ["rgb", "bgr", "gray"] as const) {
      for (const [width, height] of [
        [1, 1],
        [17, 9],
        [8, 24],
      ] as const) {
        const image = picture(width, height, order);
        const before = image.data.slice();
        const result = run(image, createRandom(1));
        assert.deepEqual(image.data, before);
        assert.deepEqual([result.width, result.height, result.order], [width, height, order]);
        assert.equal(result.data.length, image.data.length);
        assert.deepEqual(run(image, createRandom(1)), result);
        if (width > 1 && !(name === "grayscale" && order === "gray")) assert.notDeepEqual(result.data, before);
        if (none) assert.deepEqual(none(image, createRandom(1)).data, before, "settings of no change");
      }
    }
  });

  test(`${name} treats BGR as RGB with its channels exchanged`, () => {
    const rgb = picture(16, 12, "rgb");
    const swap = (data: Uint8Array) => data.map((_, i) => data[i + 2 - 2 * (i % 3)]!);
    if (name === "noise" || name === "erase" || name === "colorJitter") return; // draw for channels in their order
    const bgr = run({ ...rgb, order: "bgr", data: swap(rgb.data) }, createRandom(2));
    assert.deepEqual(swap(bgr.data), run(rgb, createRandom(2)).data);
  });
}
