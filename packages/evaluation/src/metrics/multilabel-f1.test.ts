// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import { multilabelF1 } from "./multilabel-f1.ts";

const badOption = { code: "evaluation/bad-option" };

test("labels with too few positives, or neither present nor named, say so", () => {
  const metric = multilabelF1({ minimumPositives: 2 });
  const state = metric.update(metric.empty(), {
    probabilities: [
      [0.9, 0.9],
      [0.5, 0.1],
    ],
    targets: [
      [1, 1],
      [1, 0],
    ],
  });
  assert.deepEqual(metric.perClass!(state), [
    { class: 0, value: 1 },
    { class: 1, value: Number.NaN, reason: "fewer than 2 positive samples" },
  ]);
  const any = multilabelF1({ minimumPositives: 0 });
  const silent = any.update(any.empty(), { probabilities: [[0.1]], targets: [[0]] });
  assert.match(any.perClass!(silent)[0]!.reason!, /^no positive/);
  assert.throws(() => multilabelF1({ minimumPositives: 0.5 }), badOption);
  assert.throws(() => multilabelF1({ threshold: Number.NaN }), badOption);
  const wide = { probabilities: [[0.1, 0.2]], targets: [[0, 1]] };
  assert.throws(() => any.merge(silent, any.update(any.empty(), wide)), { code: "evaluation/label-count" });
});
