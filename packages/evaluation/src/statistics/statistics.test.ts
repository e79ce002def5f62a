// References: scipy and numpy (fixtures/golden.py) and, where said, distributions known in closed form.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { defineMetric } from "../metrics/metric.ts";
import { bootstrapInterval, measure, statesByGroup } from "./bootstrap.ts";
import { normalQuantile } from "./normal.ts";
import { quantile } from "./quantile.ts";
import { seededRandom } from "./random.ts";
import { wilsonInterval } from "./wilson.ts";

const golden = JSON.parse(readFileSync(new URL("../../fixtures/golden.json", import.meta.url), "utf8"));

const mean = defineMetric({
  name: "mean",
  unit: "1",
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  higherIsBetter: true,
  permutationInvariant: true,
  empty: () => ({ sum: 0, count: 0 }),
  update: ({ sum, count }, values: readonly number[]) => ({
    sum: values.reduce((total, value) => total + value, sum),
    count: count + values.length,
  }),
  merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
  compute: ({ sum, count }) => sum / count,
});
const units = (...values: number[]) => values.map((value) => mean.update(mean.empty(), [value]));

test("random numbers are those of sfc32 on every machine", () => {
  for (const { seed, words } of golden.sfc32) {
    const random = seededRandom(seed);
    assert.deepEqual(
      words.map(() => random() * 2 ** 32),
      words,
    );
  }
});

test("quantiles are numpy's", () => {
  const sorted = golden.bootstrap.values.sort((a: number, b: number) => a - b);
  for (const [q, expected] of golden.quantiles) assert.ok(Math.abs(quantile(sorted, q) - expected) < 1e-12);
  assert.equal(quantile([0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.7), Number.POSITIVE_INFINITY);
});

test("normal quantiles are scipy's", () => {
  for (const [probability, expected] of golden.normal) {
    assert.ok(Math.abs(normalQuantile(probability) - expected) <= 1e-13 * Math.abs(expected), `at ${probability}`);
  }
});

test("Wilson intervals are scipy's, and undefined without trials", () => {
  for (const { successes, trials, level, interval } of golden.wilson) {
    const [low, high] = wilsonInterval(successes, trials, { level }).interval;
    assert.ok(Math.abs(low - interval[0]) < 1e-12 && Math.abs(high - interval[1]) < 1e-12);
  }
  assert.deepEqual(wilsonInterval(0, 0), { interval: [Number.NaN, Number.NaN], reason: "no trials" });
  assert.throws(() => wilsonInterval(3, 2), { code: "evaluation/bad-option" });
  assert.throws(() => wilsonInterval(1, 2, { level: 1 }), { code: "evaluation/bad-option" });
});

test("bootstrap of a mean agrees with scipy's", () => {
  const { values, interval } = golden.bootstrap;
  const [low, high] = bootstrapInterval(mean, units(...values), { seed: 3, resamples: 50_000 }).interval;
  // the ends of 50,000 draws vary by about 0.003 (sqrt(0.025 * 0.975 / 50000) / density)
  assert.ok(Math.abs(low - interval[0]) < 0.01 && Math.abs(high - interval[1]) < 0.015, `${low} ${high}`);
});

test("two units: the mean is 0, 1/2, 1 with probability 1/4, 1/2, 1/4", () => {
  const pair = units(0, 1);
  assert.deepEqual(bootstrapInterval(mean, pair, { seed: 1 }).interval, [0, 1]);
  assert.deepEqual(bootstrapInterval(mean, pair, { seed: 1, level: 0.4 }).interval, [0.5, 0.5]);
});

test("groups are not torn apart: perfectly correlated samples count as one", () => {
  const samples = [0, 1].flatMap((value) =>
    Array.from({ length: 500 }, () => ({ group: `subject ${value}`, batch: [value] })),
  );
  const grouped = statesByGroup(mean, samples);
  assert.deepEqual(grouped, [
    { sum: 0, count: 500 },
    { sum: 500, count: 500 },
  ]);
  assert.deepEqual(measure(mean, grouped, { seed: 1 }), { value: 0.5, interval: [0, 1] });
});

test("the seed decides", () => {
  const many = units(...golden.bootstrap.values);
  const of = (seed: number) => bootstrapInterval(mean, many, { seed, resamples: 100 }).interval;
  assert.deepEqual(of(7), of(7));
  assert.notDeepEqual(of(7), of(8));
});

test("undefined intervals say why; undefined draws are left out", () => {
  assert.deepEqual(measure(mean, [], { seed: 1 }), {
    value: Number.NaN,
    interval: [Number.NaN, Number.NaN],
    reason: "no samples",
  });
  const one = measure(mean, units(4), { seed: 1 });
  assert.deepEqual(one, { value: 4, interval: [Number.NaN, Number.NaN], reason: "one unit does not vary" });
  const empty = mean.empty();
  assert.equal(bootstrapInterval(mean, [empty, empty], { seed: 1 }).reason, "undefined in every draw");
  assert.deepEqual(bootstrapInterval(mean, [empty, ...units(2)], { seed: 1 }).interval, [2, 2]);
  assert.throws(() => bootstrapInterval(mean, units(1, 2), { seed: 1, level: 95 }), { code: "evaluation/bad-option" });
  assert.throws(() => bootstrapInterval(mean, units(1, 2), { seed: 1, resamples: 0 }), {
    code: "evaluation/bad-option",
  });
});
