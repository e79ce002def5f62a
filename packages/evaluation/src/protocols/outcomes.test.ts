// Expected values: the protocols' own scores, which fixtures/protocols.py and fixtures/lfw.py check; the others by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeStates } from "../metrics/metric.ts";
import { protocolCases, protocolIds, readCase, scorePredictions } from "./cases.test.support.ts";
import { hitsOf, type Outcome, outcomeStates } from "./outcomes.ts";
import type { Protocol } from "./protocol.ts";
import { protocolOf } from "./table.ts";

/** Metrics that no outcome tells of: a deviation over folds, at thresholds of the whole. */
const untold = ["standard_error"];

for (const id of protocolIds) {
  test(`${id}: what samples add is the score again, every metric of it, also after JSON`, async () => {
    const { metrics, outcomes } = scorePredictions(await readCase(id), protocolCases[id].predictions);
    const told = JSON.parse(JSON.stringify(outcomes)) as readonly Outcome[];
    assert.equal(new Set(told.map((outcome) => outcome.id)).size, told.length);
    const units = [...new Set(told.map(({ unit }) => unit))];
    const { remeasure } = protocolOf(id) as Protocol;
    const all = units.map((unit) => told.filter((outcome) => outcome.unit === unit));
    const remeasured = remeasure?.(all)(new Uint32Array(units.length).fill(1)) ?? {};
    for (const [name, { value }] of Object.entries(metrics)) {
      const found = outcomeStates([told], name);
      const again =
        remeasured[name] ?? found?.metric.compute(mergeStates(found.metric, [...found.states[0]!.values()]));
      // a metric that is undefined, such as of a subset without a face, may be in no outcome
      if (again === undefined) assert.ok(untold.includes(name) || Number.isNaN(value), name);
      else if (Number.isNaN(value)) assert.ok(Number.isNaN(again.value), name);
      else assert.ok(Math.abs(again.value - value) < 1e-12, `${name}: ${again.value} for ${value}`);
    }
  });
}

test("hits are those of samples that add one of 0 or 1 each", () => {
  const outcome = (id: string, values: Outcome["values"]): Outcome => ({ id, unit: id, values });
  const list = [
    outcome("a", { accuracy: [1, 1], nll: [0.2, 1], recall: [1, 2] }),
    outcome("b", { accuracy: [0, 1], nll: [0, 1], recall: [0, 0] }),
  ];
  assert.deepEqual(
    [...hitsOf(list, "accuracy")!],
    [
      ["a", 1],
      ["b", 0],
    ],
  );
  assert.equal(hitsOf(list, "nll"), undefined);
  assert.equal(hitsOf(list, "recall"), undefined);
  assert.equal(hitsOf(list, "none"), undefined);
});

test("results of different classes are one matrix; a ratio of infinite sums stays what it is", () => {
  const named = (answer: number): Outcome => ({ id: "a", unit: "a", values: { macro_f1: { target: 0, answer } } });
  const { metric, states } = outcomeStates([[named(0)], [named(4)]], "macro_f1")!;
  assert.deepEqual(
    states.map((units) => metric.compute(mergeStates(metric, [...units.values()])).value),
    [1, 0],
  );
  const lost: Outcome = { id: "a", unit: "a", values: { nll: [Number.POSITIVE_INFINITY, 1] } };
  const sure: Outcome = { id: "b", unit: "b", values: { nll: [1, 1] } };
  const found = outcomeStates([[lost, sure]], "nll")!;
  const resample = found.metric.resampler([...found.states[0]!.values()]);
  assert.deepEqual([resample([1, 1]), resample([0, 2])], [Number.POSITIVE_INFINITY, 1]);
});
