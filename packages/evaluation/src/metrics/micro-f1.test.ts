// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Metric } from "./metric.ts";
import { microF1 } from "./micro-f1.ts";

const measured = <Batch, State>({ empty, update, compute }: Metric<Batch, State>, batch: Batch) =>
  compute(update(empty(), batch));
const badOption = { code: "evaluation/bad-option" };

test("micro F1 is the accuracy over all classes, and undefined over classes that do not occur", () => {
  const batch = {
    logits: [
      [2, 1, 0],
      [2, 1, 0],
      [0, 1, 0],
    ],
    targets: [0, 1, 1],
  };
  assert.equal(measured(microF1(), batch).value, 2 / 3);
  assert.match(measured(microF1({ classes: [2] }), batch).reason!, /^no target/);
  for (const classes of [[], [-1], [0.5]]) assert.throws(() => microF1({ classes }), badOption);
});
