// References: scipy 1.10.1 (fixtures/golden.py) and, where said, by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { topKAccuracy } from "../metrics/accuracy.ts";
import { meanAbsoluteError } from "../metrics/mean-errors.ts";
import { rocAuc } from "../metrics/roc-auc.ts";
import { mcnemarTest, pairedBootstrap, pairedPermutationTest } from "./paired.ts";

const { paired } = JSON.parse(readFileSync(new URL("../../fixtures/golden.json", import.meta.url), "utf8"));
const metric = meanAbsoluteError();
const unitsOf = (losses: readonly number[]) =>
  losses.map((loss) => metric.update(metric.empty(), { predictions: [loss], targets: [0] }));
// moved up, so that none is negative: differences stay
const losses = paired.losses.map((list: number[]) => list.map((loss) => loss + 5));
const both = { first: unitsOf(losses[0]), second: unitsOf(losses[1]) };

test("the interval of a difference is scipy's", () => {
  const { value, interval } = pairedBootstrap(metric, both, { seed: 3, resamples: 50_000 });
  const mean = (list: number[]) => list.reduce((sum, loss) => sum + loss, 0) / list.length;
  assert.ok(Math.abs(value - (mean(losses[1]) - mean(losses[0]))) < 1e-12);
  // the ends of 50,000 draws vary by about 0.002
  assert.ok(
    interval.every((end, i) => Math.abs(end - paired.bootstrap[i]) < 0.01),
    `${interval}`,
  );
});

test("the permutation test is scipy's", () => {
  const { pValue } = pairedPermutationTest(metric, both, { seed: 5, resamples: 20_000 });
  const deviation = Math.sqrt((paired.permutation * (1 - paired.permutation)) / 20_000);
  assert.ok(Math.abs(pValue - paired.permutation) < 5 * deviation + 1 / 20_000, `${pValue}`);
});

test("few units: every way of changing sides counts once", () => {
  // differences 1, 2, 3: of 8 ways |sum| >= 6 in two; differences 3, 0, 0: always
  const p = (second: number[]) =>
    pairedPermutationTest(metric, { first: unitsOf([0, 0, 0]), second: unitsOf(second) }, { seed: 1 }).pValue;
  assert.equal(p([1, 2, 3]), 2 / 8);
  assert.equal(p([3, 0, 0]), 1);
});

test("McNemar's test is scipy's binomial test of the units that differ", () => {
  const [first, second] = paired.right;
  const found = mcnemarTest({ first, second });
  assert.deepEqual([found.onlyFirst, found.onlySecond], paired.only);
  assert.ok(Math.abs(found.pValue - paired.mcnemar_exact) < 1e-12);
  for (const [b, c, expected] of paired.binomial) {
    const hits = (is: number) => [...new Array(b).fill(is), ...new Array(c).fill(1 - is), 1, 0];
    const { pValue } = mcnemarTest({ first: hits(1), second: hits(0) });
    assert.ok(Math.abs(pValue - expected) <= 1e-11 * expected, `${b} ${c}: ${pValue}`);
  }
});

test("a result does not differ from itself, whatever the metric", () => {
  const accuracy = topKAccuracy();
  const sample = fc.record({ score: fc.nat(3), target: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 12, maxLength: 14 }), (samples) => {
      const units = samples.map(({ score, target }) =>
        accuracy.update(accuracy.empty(), { logits: [[score, 1.5]], targets: [target] }),
      );
      const same = { first: units, second: units };
      assert.deepEqual(pairedBootstrap(accuracy, same, { seed: 1, resamples: 20 }), { value: 0, interval: [0, 0] });
      assert.deepEqual(pairedPermutationTest(accuracy, same, { seed: 1, resamples: 20 }), { value: 0, pValue: 1 });
    }),
  );
});

test("the order of results changes the sign, not the significance; the seed decides", () => {
  const back = { first: both.second, second: both.first };
  const of = (states: typeof both, seed: number) => pairedPermutationTest(metric, states, { seed, resamples: 500 });
  assert.equal(of(back, 4).pValue, of(both, 4).pValue);
  assert.ok(Math.abs(of(back, 4).value + of(both, 4).value) < 1e-12);
  const interval = (seed: number) => pairedBootstrap(metric, both, { seed, resamples: 50 }).interval;
  assert.deepEqual(interval(1), interval(1));
  assert.notDeepEqual(interval(1), interval(2));
});

test("undefined values say why; units that do not pair are refused", () => {
  const auc = rocAuc();
  const states = [
    [1, 1],
    [1, 0],
  ].map((targets) => targets.map((target, i) => auc.update(auc.empty(), { scores: [i], targets: [target] })));
  const pair = { first: states[0]!, second: states[1]! };
  const tested = pairedPermutationTest(auc, pair, { seed: 1 });
  assert.deepEqual(tested, { value: Number.NaN, pValue: Number.NaN, reason: "no negative samples" });
  assert.equal(pairedBootstrap(auc, pair, { seed: 1 }).reason, "no negative samples");
  const none = mcnemarTest({ first: [1, 0], second: [1, 0] });
  assert.ok(Number.isNaN(none.pValue));
  assert.match(none.reason!, /^no unit/);
  const apart = { first: both.first, second: both.second.slice(1) };
  assert.throws(() => pairedBootstrap(metric, apart, { seed: 1 }), { code: "evaluation/row-count" });
  assert.throws(() => pairedPermutationTest(metric, apart, { seed: 1 }), { code: "evaluation/row-count" });
  assert.throws(() => pairedPermutationTest(metric, both, { seed: 1, resamples: 0 }), {
    code: "evaluation/bad-option",
  });
  assert.throws(() => mcnemarTest({ first: [1], second: [] }), { code: "evaluation/row-count" });
  for (const hit of [-1, 2, Number.NaN]) {
    assert.throws(() => mcnemarTest({ first: [1], second: [hit] }), { code: "evaluation/bad-target" });
  }
});
