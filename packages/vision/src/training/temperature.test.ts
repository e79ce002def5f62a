// References: a plain grid search over T, and temperatures known in closed form.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTemperature } from "./temperature.ts";

/** Deterministic numbers in [0, 1): the fractional parts of multiples of the golden ratio's square. */
const spread = (i: number) => (i * 0.3819660112501051) % 1;

/** The definition, without shifts or tricks. */
function loss(logits: readonly Float32Array[], targets: readonly Float32Array[], temperature: number): number {
  let total = 0;
  logits.forEach((row, i) => {
    const exponentials = Array.from(row, (logit) => Math.exp(logit / temperature));
    const sum = exponentials.reduce((a, b) => a + b);
    exponentials.forEach((e, c) => {
      total -= targets[i]![c]! * Math.log(e / sum);
    });
  });
  return total;
}

function gridSearch(logits: readonly Float32Array[], targets: readonly Float32Array[]): number {
  const grid = Array.from({ length: 27_001 }, (_, i) => 0.3 + i / 10_000);
  const losses = grid.map((temperature) => loss(logits, targets, temperature));
  return grid[losses.indexOf(Math.min(...losses))]!;
}

const rows = (count: number, value: (i: number, c: number) => number) =>
  Array.from({ length: count }, (_, i) => Float32Array.from({ length: 3 }, (_, c) => value(i, c)));

test("agrees with a grid search, for one-hot targets and for distributions", () => {
  const logits = rows(30, (i, c) => 4 * spread(7 * i + c) - 2);
  const oneHot = rows(30, (i, c) => {
    const best = logits[i]!.indexOf(Math.max(...logits[i]!));
    return c === (i % 5 === 0 ? (best + 1) % 3 : best) ? 1 : 0; // right four times of five
  });
  const soft = oneHot.map((row) => row.map((share) => 0.1 + 0.7 * share));
  for (const targets of [oneHot, soft]) {
    const reference = gridSearch(logits, targets);
    assert.ok(reference > 0.31 && reference < 2.99, `the reference lies at an end: ${reference}`);
    assert.ok(Math.abs(fitTemperature(logits, targets) - reference) < 1e-4); // half a step of the grid, and rounding
  }
});

test("two classes, right three times of four at logit a: sigmoid(a / T) = 3/4, so T = a / ln 3", () => {
  for (const a of [0.5, 2, 3]) {
    const logits = [0, 1, 2, 3].map(() => Float32Array.of(a, 0));
    const targets = [0, 1, 2, 3].map((i) => (i === 0 ? Float32Array.of(0, 1) : Float32Array.of(1, 0)));
    assert.ok(Math.abs(fitTemperature(logits, targets) - a / Math.log(3)) < 1e-5);
  }
});

test("probabilities that were right from the start have temperature 1, whatever the scale of logits was: T follows it", () => {
  const logits = rows(20, (i, c) => 4 * spread(5 * i + c));
  const targets = logits.map((row) => {
    const exponentials = row.map(Math.exp);
    const sum = exponentials.reduce((a, b) => a + b);
    return exponentials.map((e) => e / sum);
  });
  for (const scale of [0.5, 1, 2]) {
    const scaled = logits.map((row) => row.map((logit) => scale * logit));
    assert.ok(Math.abs(fitTemperature(scaled, targets) - scale) < 1e-4);
  }
});

test("outside the range the nearer end is returned; large logits do not overflow", () => {
  const right = [Float32Array.of(1, 0)];
  const nearly = [Float32Array.of(0.999, 0.001)]; // sigmoid(0.5 / T) = 0.999 at T = 0.07
  assert.ok(Math.abs(fitTemperature([Float32Array.of(0.5, 0)], nearly) - 0.3) < 1e-5);
  assert.ok(Math.abs(fitTemperature([Float32Array.of(0, 5000)], right) - 3) < 1e-5);
});

test("a row of zeros, a missing label, changes nothing", () => {
  const logits = [0, 1, 2, 3].map(() => Float32Array.of(2, 0));
  const targets = [0, 1, 2, 3].map((i) => (i === 0 ? Float32Array.of(0, 1) : Float32Array.of(1, 0)));
  const more = fitTemperature([...logits, Float32Array.of(9, -9)], [...targets, Float32Array.of(0, 0)]);
  assert.equal(more, fitTemperature(logits, targets));
});

test("rows that cannot be fitted are refused, by place", () => {
  const code = "vision/calibration-rows";
  const row = Float32Array.of(1, 0);
  assert.throws(() => fitTemperature([], []), { code });
  assert.throws(() => fitTemperature([row], []), { code });
  assert.throws(() => fitTemperature([row], [Float32Array.of(0, 0)]), { code });
  assert.throws(() => fitTemperature([row], [Float32Array.of(1, 0, 0)]), { code, message: /^targets, row 0: / });
  assert.throws(() => fitTemperature([row], [Float32Array.of(1, -1)]), { code, message: /^targets, row 0: / });
  assert.throws(() => fitTemperature([Float32Array.of(Number.NaN, 0)], [row]), { code, message: /^logits, row 0: / });
});

test("where every class is named rightly nothing limits how sharp is best: the temperature stays 1", () => {
  const logits = rows(6, (i, c) => (c === i % 3 ? 2 : 0));
  const targets = rows(6, (i, c) => (c === i % 3 ? 1 : 0));
  assert.equal(fitTemperature(logits, targets), 1);
  assert.equal(fitTemperature([...logits, Float32Array.of(1, 2, 3)], [...targets, new Float32Array(3)]), 1);
  const oneWrong = [...targets.slice(1), Float32Array.of(0, 1, 0)];
  assert.notEqual(fitTemperature([...logits.slice(1), Float32Array.of(2, 0, 0)], oneWrong), 1);
  // equal logits name nothing
  assert.notEqual(fitTemperature([Float32Array.of(1, 1, 0)], [Float32Array.of(1, 0, 0)]), 1);
});
