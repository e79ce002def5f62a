// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Metric } from "./metric.ts";
import { equalErrorRate, trueAcceptRate } from "./verification-curve.ts";
import { falseAcceptRate, falseRejectRate } from "./verification-errors.ts";

const measured = <Batch, State>({ empty, update, compute }: Metric<Batch, State>, batch: Batch) =>
  compute(update(empty(), batch));
const badOption = { code: "evaluation/bad-option" };

test("a threshold accepts its own score; rates at no threshold are refused", () => {
  const pairs = { scores: [0.2, 0.5, 0.5, 0.9], targets: [0, 0, 1, 1] };
  assert.equal(measured(falseAcceptRate(), pairs).value, 1 / 2);
  assert.equal(measured(falseRejectRate(), pairs).value, 0);
  assert.throws(() => falseAcceptRate({ threshold: Number.NaN }), badOption);
  for (const far of [-0.1, 1.1, Number.NaN]) assert.throws(() => trueAcceptRate({ far }), badOption);
  assert.equal(measured(trueAcceptRate(), { scores: [1], targets: [1] }).reason, "no negative samples");
  assert.equal(measured(equalErrorRate(), { scores: [1], targets: [0] }).reason, "no positive samples");
  // all scores equal: the curve is one line from (0, 1) to (1, 0)
  assert.equal(measured(equalErrorRate(), { scores: [1, 1, 1], targets: [0, 1, 1] }).value, 1 / 2);
});
