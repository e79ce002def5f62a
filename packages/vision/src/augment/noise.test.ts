import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../image/image.ts";
import { erase } from "./erase.ts";
import { noise } from "./noise.ts";
import { createRandom } from "./random.ts";

const flat = (width: number, height: number, value: number): Image => ({
  width,
  height,
  order: "rgb",
  data: new Uint8Array(width * height * 3).fill(value),
});

test("noise has mean 0 and the standard deviation asked for, and neighbours do not depend on each other", () => {
  const { data } = noise(flat(100, 100, 128), createRandom("noise"), { sigma: [10, 10] });
  const off = Array.from(data, (value) => value - 128);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean(off)) < 0.3); // 5 standard errors of 10 / sqrt(30,000)
  assert.ok(Math.abs(Math.sqrt(mean(off.map((value) => value ** 2))) - 10) < 0.25);
  for (const lag of [1, 2, 3]) {
    assert.ok(Math.abs(mean(off.slice(lag).map((value, i) => value * off[i]!))) < 3); // 5 / sqrt(30,000) * 100
  }
});

test("noise does not wrap around", () => {
  assert.ok(noise(flat(30, 30, 255), createRandom(1), { sigma: [9, 9] }).data.every((value) => value > 200));
  assert.ok(noise(flat(30, 30, 0), createRandom(1), { sigma: [9, 9] }).data.every((value) => value < 55));
});

test("erase covers one rectangle of the share and the aspect asked for", () => {
  for (let seed = 0; seed < 60; seed++) {
    const settings = { chance: 1, area: [0.1, 0.3], aspect: [0.5, 2], fill: "color" } as const;
    const { data } = erase({ ...flat(40, 30, 0), order: "rgb" }, createRandom(seed), settings);
    const covered = Array.from({ length: 1200 }, (_, i) => i).filter((i) =>
      data.subarray(i * 3, i * 3 + 3).some(Boolean),
    );
    const xs = covered.map((i) => i % 40);
    const ys = covered.map((i) => Math.floor(i / 40));
    const width = Math.max(...xs) - Math.min(...xs) + 1;
    const height = Math.max(...ys) - Math.min(...ys) + 1;
    assert.equal(covered.length, width * height);
    assert.ok(covered.length >= 100 && covered.length <= 400); // 120 to 360, sides rounded
    assert.ok(width / height > 0.42 && width / height < 2.4);
  }
});
