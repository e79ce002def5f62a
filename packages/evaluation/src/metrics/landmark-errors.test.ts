// Expected values by hand, or from the definition, where the contract's golden values do not reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { landmarkAuc, landmarkError, landmarkFailureRate, normalisedMeanError } from "./landmark-errors.ts";
import { faceBox, interOcular, landmarkBox } from "./landmark-normalisers.ts";
import type { Metric } from "./metric.ts";

const measured = <Batch, State>({ empty, update, compute }: Metric<Batch, State>, batch: Batch) =>
  compute(update(empty(), batch));
const badOption = { code: "evaluation/bad-option" };

const faceOf = (error: number) => ({
  truth: [0, 0, 10, 0, 10, 10, 0, 10],
  predicted: [error * 10, 0, 10 + error * 10, 0, 10, 10 + error * 10, 0, 10 - error * 10],
});

test("the area in closed form is the integral of the error curve", () => {
  const list = fc.array(fc.oneof(fc.double({ min: 0, max: 0.2, noNaN: true }), fc.constant(null)), { minLength: 1 });
  fc.assert(
    fc.property(list, fc.constantFrom(0.05, 0.08, 0.1), (errors, threshold) => {
      const faces = errors.map((error) => (error === null ? { ...faceOf(0), predicted: null } : faceOf(error)));
      const nme = faces.map((face) => landmarkError(face, { normaliser: landmarkBox, where: "face" }));
      const steps = 2000; // each face's step is off by at most half a step: 1/4000
      let integral = 0;
      for (let i = 0; i < steps; i++) {
        const at = ((i + 0.5) / steps) * threshold;
        integral += nme.filter((error) => error <= at).length / nme.length / steps;
      }
      assert.ok(Math.abs(measured(landmarkAuc({ threshold }), faces).value - integral) <= 1 / 4000 + 1e-9);
      const failed = nme.filter((error) => error > threshold).length / nme.length;
      assert.equal(measured(landmarkFailureRate({ threshold }), faces).value, failed);
    }),
  );
});

test("a missed face fails, counts no area, and makes the mean error infinite", () => {
  const faces = [faceOf(0), { ...faceOf(0), predicted: null }];
  assert.equal(measured(normalisedMeanError(), faces).value, Number.POSITIVE_INFINITY);
  assert.equal(measured(landmarkAuc(), faces).value, 1 / 2);
  assert.equal(measured(landmarkFailureRate(), faces).value, 1 / 2);
  for (const threshold of [0, -1, Number.NaN]) assert.throws(() => landmarkAuc({ threshold }), badOption);
});

test("points without a label are left out; a normaliser that is not there is refused", () => {
  const { truth, predicted } = faceOf(0.1);
  const partly = { truth: truth.map((at, i) => (i < 2 ? Number.NaN : at)), predicted: [99, 99, ...predicted.slice(2)] };
  // outside of the box of the three points left nothing changes: still 10 * 10, each 1 pixel off
  assert.ok(Math.abs(measured(normalisedMeanError(), [partly]).value - 0.1) < 1e-12);
  const eyes = normalisedMeanError({ normaliser: interOcular([0, 1]) });
  assert.throws(() => measured(eyes, [partly]), {
    code: "evaluation/bad-landmarks",
    message: "face 0: expected a length inter_ocular above 0 to divide by, received NaN.",
  });
  const boxed = normalisedMeanError({ normaliser: faceBox });
  assert.throws(() => measured(boxed, [{ truth, predicted }]), { code: "evaluation/bad-landmarks" });
  const box = { x: 0, y: 0, width: 40, height: 10 };
  assert.ok(Math.abs(measured(boxed, [{ truth, predicted, box }]).value - 1 / 20) < 1e-12);
});
