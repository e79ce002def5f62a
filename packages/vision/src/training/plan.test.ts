import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sizeOfSide } from "./picture-size.ts";
import { planOf } from "./plan.ts";
import { recipeSchema } from "./recipe.ts";
import { tinyRecipe, withTraining } from "./tiny-run.test.support.ts";

const parse = (training: object) => recipeSchema.parse(withTraining(training));

// By hand: 100 samples in batches of 16 are 6 whole ones; 2.5 epochs are 15 steps, the third of them half.
test("samples that fill no batch wait, part of an epoch counts as one", () => {
  const plan = planOf(
    parse({
      epochs: 2.5,
      sizes: [
        { until: 0.4, size: 8 },
        { until: 1, size: 16 },
      ],
    }),
    100,
  );
  const { batch, steps, stepsPerEpoch, epochs } = plan;
  assert.deepEqual({ batch, steps, stepsPerEpoch, epochs }, { batch: 16, steps: 15, stepsPerEpoch: 6, epochs: 3 });
  const all = Array.from({ length: 15 }, (_, step) => step);
  assert.deepEqual(all.map(plan.epochAt), [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3]);
  assert.deepEqual(all.filter(plan.endsEpoch), [5, 11, 14]);
  assert.deepEqual(
    all.map((step) => plan.sizeAt(step).width),
    [8, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16, 16],
  );
});

test("fewer samples than a batch, or a crumb of an epoch, still make a step", () => {
  for (const [samples, epochs] of [
    [3, 1],
    [1, 0.01],
    [16, 0.01],
  ] as const) {
    const plan = planOf(parse({ epochs }), samples);
    assert.deepEqual([plan.steps, plan.stepsPerEpoch, plan.epochs, plan.endsEpoch(0)], [1, 1, 1, true]);
  }
});

test("the last size holds to the end where the shares stop before it", () => {
  const plan = planOf(
    parse({
      sizes: [
        { until: 0.25, size: 8 },
        { until: 0.5, size: 12 },
      ],
    }),
    160,
  );
  assert.equal(plan.sizeAt(plan.steps - 1).width, 12);
});

test("every step is in one epoch, the epochs end in order, and the last step ends the last", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0.1, max: 12, noNaN: true }), (samples, epochs) => {
      const plan = planOf(parse({ epochs }), samples);
      const ends = Array.from({ length: plan.steps }, (_, step) => step).filter(plan.endsEpoch);
      assert.deepEqual(
        ends.map(plan.epochAt),
        Array.from({ length: plan.epochs }, (_, index) => index + 1),
      );
      assert.equal(ends.at(-1), plan.steps - 1);
    }),
  );
});

test("pictures keep the proportions of what the model sees, the crop where there is one", () => {
  const preprocessing = recipeSchema.parse(tinyRecipe).preprocessing;
  assert.deepEqual(sizeOfSide(12, preprocessing), { width: 12, height: 12 });
  assert.deepEqual(sizeOfSide(12, { ...preprocessing, width: 32, height: 16 }), { width: 12, height: 6 });
  assert.deepEqual(sizeOfSide(12, { ...preprocessing, width: 99, height: 99, crop: { width: 30, height: 60 } }), {
    width: 6,
    height: 12,
  });
});
