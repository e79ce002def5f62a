import assert from "node:assert/strict";
import { test } from "node:test";
import { inverseNormal } from "./inverse-normal.ts";
import { philox } from "./philox.ts";
import { createRandom } from "./random.ts";

test("Philox4x32-10 gives the known answers of Random123 (kat_vectors)", () => {
  const ones = 0xffffffff;
  assert.deepEqual(philox([0, 0, 0, 0], 0, 0), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  assert.deepEqual(philox([ones, ones, ones, ones], ones, ones), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  assert.deepEqual(
    philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0),
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  );
});

test("the inverse normal distribution has the quantiles of scipy.stats.norm.ppf", () => {
  const table = [
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.8413447460685429, 1],
    [0.001, -3.090232306167813],
    [0.02, -2.053748910631823],
    [0.98, 2.053748910631823],
    [1e-12, -7.034483825301132],
  ] as const;
  for (const [p, x] of table) assert.ok(Math.abs(inverseNormal(p) - x) <= 2e-9 * Math.max(1, Math.abs(x)), `${p}`);
});

test("the same keys give the same numbers, other keys others", () => {
  const draw = (...keys: (number | string)[]) => {
    const random = createRandom(...keys);
    return Array.from({ length: 20 }, () => random.bits());
  };
  assert.deepEqual(draw(1, "a", 2), draw(1, "a", 2));
  const others = [
    draw(1, "a", 2),
    draw(1, "a", 3),
    draw("1", "a", 2),
    draw(1, "a"),
    draw("1a2"),
    draw(1, "a,2"),
    draw(),
  ];
  assert.equal(new Set(others.map(String)).size, others.length);
  assert.equal(new Set(others.flat()).size, 20 * others.length);
});

test("the numbers of a seed are fixed for good", () => {
  const random = createRandom(7, "golden");
  assert.deepEqual(
    [random.bits(), random.integer(1000), random.uniform(-1, 1), random.normal(), random.shuffle([1, 2, 3, 4, 5])],
    [3275919787, 644, -0.36760270243187465, 1.0590116387511617, [1, 5, 2, 4, 3]],
  );
});

test("a fork does not depend on what was drawn before", () => {
  const random = createRandom(3);
  const before = random.fork("part").uniform();
  random.normal();
  assert.equal(random.fork("part").uniform(), before);
  assert.equal(createRandom(3, "part").uniform(), before);
  assert.notEqual(random.fork("other").uniform(), before);
});

test("draws have the moments of their distributions (20,000 draws, 5 standard errors)", () => {
  const random = createRandom("moments");
  const count = 20_000;
  const moments = (draw: () => number) => {
    const values = Array.from({ length: count }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
  };
  const error = 5 / Math.sqrt(count);
  const uniform = moments(() => random.uniform(2, 4));
  assert.ok(Math.abs(uniform.mean - 3) < error && Math.abs(uniform.variance - 1 / 3) < error);
  const normal = moments(() => random.normal(-1, 2));
  assert.ok(Math.abs(normal.mean + 1) < 2 * error && Math.abs(normal.variance - 4) < 4 * Math.SQRT2 * error);
  assert.ok(Math.abs(moments(() => Number(random.chance(0.3))).mean - 0.3) < error);
  const counts = new Array(7).fill(0);
  for (let i = 0; i < count; i++) counts[random.integer(7)]++;
  assert.ok(counts.every((n) => Math.abs(n / count - 1 / 7) < error));
});

test("shuffle reorders a copy, evenly; pick stays inside", () => {
  const random = createRandom("shuffle");
  const items = ["a", "b", "c"] as const;
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.shuffle(items).join("");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  assert.deepEqual(items, ["a", "b", "c"]);
  assert.equal(seen.size, 6);
  for (const n of seen.values()) assert.ok(Math.abs(n - 1000) < 150);
  assert.ok(items.includes(random.pick(items)));
  assert.deepEqual(random.shuffle([]), []);
  assert.ok(!random.chance(0) && random.chance(1));
});
