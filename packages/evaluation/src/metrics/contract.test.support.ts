import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Kind, mishaps } from "./kind.test.support.ts";
import { type Metric, mergeStates } from "./metric.ts";

/** A value and what an independent source makes of the same samples. */
export interface Golden {
  readonly measured: () => number;
  readonly expected: number;
}

/** The value of a metric over one batch. */
export const golden = <Batch, State>(
  { empty, update, compute }: Metric<Batch, State>,
  batch: Batch,
  expected: number,
): Golden => ({ measured: () => compute(update(empty(), batch)).value, expected });

/** Registers the tests of every promise of a metric, on random batches of its kind, and of its golden values. */
export function check<Batch, State>(
  metric: Metric<Batch, State>,
  kind: Kind<Batch, fc.Arbitrary<Batch>>,
  goldens: readonly Golden[],
) {
  const { name, range, higherIsBetter, permutationInvariant } = metric;
  const stateOf = (batch: Batch) => metric.update(metric.empty(), batch);
  const valueFor = (batch: Batch) => metric.compute(stateOf(batch)).value;
  const samples = fc.array(kind.sample, { minLength: 1, maxLength: 12 });

  test(`${name}: parts merge to the whole`, () => {
    fc.assert(
      fc.property(samples, fc.nat(12), (batches, cut) => {
        const whole = valueFor(kind.join(batches));
        const parts = [batches.slice(0, cut), batches.slice(cut)].map((part) => stateOf(kind.join(part)));
        close(metric.compute(metric.merge(parts[0]!, parts[1]!)).value, whole, 1e-9);
        close(metric.compute(mergeStates(metric, batches.map(stateOf))).value, whole, 1e-9);
        close(metric.compute(batches.reduce(metric.update, metric.empty())).value, whole, 1e-9);
      }),
    );
  });

  test(`${name}: update and merge leave their arguments as they were`, () => {
    fc.assert(
      fc.property(kind.sample, kind.sample, (a, b) => {
        const [first, second] = [stateOf(a), stateOf(b)];
        const before = structuredClone([first, second]);
        metric.update(first, b);
        metric.merge(first, second);
        assert.deepEqual([first, second], before);
      }),
    );
  });

  test(`${name}: resampling counts a unit as often as it is drawn`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(kind.sample, fc.nat(3)), { minLength: 1, maxLength: 8 }), (drawn) => {
        const repeated = drawn.flatMap(([batch, times]) => Array.from({ length: times }, () => batch));
        const resample = metric.resampler(drawn.map(([batch]) => stateOf(batch)));
        close(resample(drawn.map(([, times]) => times)), valueFor(kind.join(repeated)), 1e-9);
      }),
    );
  });

  test(`${name}: declared order and range hold`, () => {
    fc.assert(
      fc.property(samples, fc.infiniteStream(fc.nat()), (batches, keys) => {
        const value = valueFor(kind.join(batches));
        assert.ok(Number.isNaN(value) || (value >= range[0] && value <= range[1]), `${value} outside ${range}`);
        const shuffled = batches
          .map((batch) => ({ batch, key: keys.next().value! }))
          .sort((a, b) => a.key - b.key)
          .map(({ batch }) => batch);
        if (permutationInvariant) close(valueFor(kind.join(shuffled)), value, 1e-9);
      }),
    );
  });

  test(`${name}: a perfect model reaches the better end`, () => {
    close(valueFor(kind.perfect), range[higherIsBetter ? 1 : 0], 1e-12);
  });

  test(`${name}: nothing to measure is NaN with a reason`, () => {
    for (const state of [metric.empty(), stateOf(kind.join([]))]) {
      const { value, reason } = metric.compute(state);
      assert.ok(Number.isNaN(value));
      assert.match(reason!, /^no /);
    }
  });

  test(`${name}: ${metric.symmetric ? "" : "not "}symmetric, as declared`, () => {
    const { swap } = kind;
    if (swap === undefined) {
      assert.equal(metric.symmetric, false, "no way to swap predictions and truth of this kind of batch");
    } else if (metric.symmetric) {
      fc.assert(
        fc.property(samples, (batches) => {
          const batch = kind.join(batches);
          close(valueFor(swap(batch)), valueFor(batch), 1e-9);
        }),
      );
    } else {
      const changes = (batches: readonly Batch[]) =>
        valueFor(swap(kind.join(batches))) !== valueFor(kind.join(batches));
      assert.ok(fc.sample(samples, 200).some(changes));
    }
  });

  test(`${name}: samples without a label are ${metric.ignoresMissing ? "left out" : "refused"}`, () => {
    if (metric.ignoresMissing) {
      assert.ok(kind.missing !== undefined, "no sample without a label to try");
      const nothing = metric.compute(stateOf(kind.missing));
      assert.ok(Number.isNaN(nothing.value));
      assert.match(nothing.reason!, /^no /);
      fc.assert(
        fc.property(samples, fc.nat(12), (batches, at) => {
          const mixed = [...batches.slice(0, at), kind.missing!, ...batches.slice(at)];
          close(valueFor(kind.join(mixed)), valueFor(kind.join(batches)), 1e-9);
        }),
      );
    } else if (kind.missing !== undefined) assert.throws(() => stateOf(kind.missing!), { code: /^evaluation\// });
  });

  for (const mishap of mishaps) {
    const fate = kind.mishaps[mishap];
    if ("told" in fate) continue;
    test(`${name}: ${mishap} is ${"missing" in fate ? "left out" : "refused" in fate ? "refused" : "refused or wrong"}, alone and among others`, () => {
      if ("missing" in fate) {
        const { value, reason } = metric.compute(stateOf(fate.missing));
        assert.ok(Number.isNaN(value) && reason !== undefined);
        close(valueFor(kind.join([kind.perfect, fate.missing])), valueFor(kind.perfect), 1e-12);
        return;
      }
      if ("refusedOrWrong" in fate) {
        const mixed = kind.join([kind.perfect, fate.refusedOrWrong]);
        try {
          const [spoilt, best] = [valueFor(mixed), valueFor(kind.perfect)];
          assert.ok(higherIsBetter ? spoilt < best : spoilt > best, `${spoilt} is no worse than ${best}`);
        } catch (error) {
          assert.equal((error as { code?: string }).code, `evaluation/${fate.code}`);
        }
        return;
      }
      for (const batch of [fate.refused, kind.join([kind.perfect, fate.refused])]) {
        assert.throws(() => stateOf(batch), { name: "FoveaError", code: `evaluation/${fate.code}` });
      }
    });
  }

  test(`${name}: planted errors are refused`, () => {
    for (const { batch, code } of kind.planted) {
      assert.throws(() => stateOf(batch), { code: `evaluation/${code}` }, JSON.stringify(batch));
      assert.throws(() => stateOf(kind.join([kind.perfect, batch])), { code: `evaluation/${code}` });
    }
  });

  if (metric.perClass !== undefined) {
    const { perClass } = metric;
    test(`${name}: the value is the mean of the defined values of classes`, () => {
      fc.assert(
        fc.property(samples, (batches) => {
          const classes = perClass(stateOf(kind.join(batches)));
          for (const { value, reason } of classes) {
            if (Number.isNaN(value)) assert.match(reason!, /^(no|fewer) /);
            else assert.ok(value >= range[0] && value <= range[1]);
          }
          const defined = classes.map(({ value }) => value).filter((value) => !Number.isNaN(value));
          close(defined.reduce((sum, value) => sum + value, 0) / defined.length, valueFor(kind.join(batches)), 1e-9);
          assert.equal(new Set(classes.map((entry) => entry.class)).size, classes.length);
        }),
      );
    });
  }

  test(`${name}: golden values`, () => {
    assert.ok(goldens.length > 0);
    for (const { measured, expected } of goldens) close(measured(), expected, 1e-12);
  });
}

/** Equal within a tolerance, or both NaN, or the same infinity. */
export function close(actual: number, expected: number, tolerance: number): void {
  if (Number.isNaN(expected) || !Number.isFinite(expected)) assert.equal(actual, expected);
  else assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected}, received ${actual}`);
}
