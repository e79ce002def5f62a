// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concordanceCorrelation, intraclassCorrelation, pearsonCorrelation } from "./agreement.ts";
import { cohenKappa } from "./cohen-kappa.ts";
import { meanAbsoluteError } from "./mean-errors.ts";
import type { Metric } from "./metric.ts";

const measured = <Batch, State>({ empty, update, compute }: Metric<Batch, State>, batch: Batch) =>
  compute(update(empty(), batch));

test("agreement of constants: undefined with a reason, or 0 where the formula says so", () => {
  const constant = (predictions: number[], targets: number[]) => ({ predictions, targets });
  for (const metric of [concordanceCorrelation(), pearsonCorrelation(), intraclassCorrelation()]) {
    assert.deepEqual(measured(metric, constant([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])), {
      value: Number.NaN,
      reason: "no variation",
    });
  }
  assert.equal(measured(concordanceCorrelation(), constant([1, 1], [0, 0])).value, 0);
  assert.equal(measured(concordanceCorrelation(), constant([1, 1], [0, 1])).value, 0);
  assert.ok(Number.isNaN(measured(pearsonCorrelation(), constant([1, 1], [0, 1])).value));
});

test("a large offset does not drown the variation", () => {
  const far = (values: number[]) => values.map((value) => value + 2 ** 30);
  const [predictions, targets] = [far([1, 2, 4]), far([1, 3, 4])];
  // cov 13/9, variances 14/9, 14/9, means 1/3 apart: 2 (13/9) / (28/9 + 1/9)
  assert.ok(Math.abs(measured(concordanceCorrelation(), { predictions, targets }).value - 26 / 29) < 1e-6);
});

test("with the range of targets given, codes for missing labels are refused; without labels there is no value", () => {
  for (const code of [-5, -1.01, 999]) {
    const batch = { predictions: [0.1, 0.2], targets: [0.3, code] };
    assert.throws(() => measured(concordanceCorrelation({ targetRange: [-1, 1] }), batch), {
      code: "evaluation/bad-value",
      message: `targets, row 1: expected a number from -1 to 1, or NaN, received ${code}.`,
    });
    assert.throws(() => measured(meanAbsoluteError({ targetRange: [-1, 1] }), batch), { code: "evaluation/bad-value" });
  }
});

test("quadratic kappa is the concordance of class numbers", () => {
  const kappa = cohenKappa({ weights: "quadratic" });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1 }), (rows) => {
      const predictions = rows.map(([prediction]) => prediction);
      const targets = rows.map(([, target]) => target);
      const logits = predictions.map((prediction) => [0, 1, 2, 3].map((c) => (c === prediction ? 1 : 0)));
      const expected = measured(concordanceCorrelation(), { predictions, targets }).value;
      const { value } = measured(kappa, { logits, targets });
      assert.ok(Number.isNaN(expected) ? Number.isNaN(value) : Math.abs(value - expected) < 1e-9);
    }),
  );
});
