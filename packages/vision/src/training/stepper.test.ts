import assert from "node:assert/strict";
import { test } from "node:test";
import { numbersOf } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { createModel } from "../model/network.ts";
import { planOf } from "./plan.ts";
import { type Recipe, recipeSchema } from "./recipe.ts";
import { createSizedSteppers } from "./sized-steppers.ts";
import { createStepper, networkOf } from "./stepper.ts";
import { tinyRecipe, withTraining } from "./tiny-run.test.support.ts";

const recipe = recipeSchema.parse(withTraining({ batch: 4 }));
const size = { width: 12, height: 12 };

/** Noise with classes in turn, the batch innermost. */
function batchOf({ training: { batch } }: Recipe, side: number): Float32Array[] {
  const random = createRandom("batch", side);
  const target = Float32Array.from({ length: 2 * batch }, (_, index) =>
    Number(Math.floor(index / batch) === index % 2),
  );
  return [
    Float32Array.from({ length: side * side * batch }, () => random.normal()),
    target,
    new Float32Array(batch).fill(1),
  ];
}

test("steps lower the loss of a batch, tell each task's and the norm, and take the batch along", async () => {
  const stepper = await createStepper(recipe, { size, threads: 1 });
  const losses: number[] = [];
  for (let step = 0; step < 8; step++) {
    const batch = batchOf(recipe, 12);
    const { loss, losses: byTask, gradientNorm } = await stepper.step(batch, 1);
    assert.deepEqual(byTask, { shape: loss });
    assert.ok(gradientNorm > 0);
    assert.equal(batch[0]!.length, 0);
    losses.push(loss);
  }
  assert.ok(Math.abs(losses[0]! - Math.LN2) < 1e-6 && losses.at(-1)! < 0.8 * losses[0]!, losses.join(" "));
  await stepper.dispose();
});

test("a rate of 0 moves no weight; weights and their average start from those of the model", async () => {
  const { graph, parameters } = createModel(networkOf(recipe), recipe.preprocessing);
  const stepper = await createStepper(recipe, { size, threads: 1 });
  await stepper.step(batchOf(recipe, 12), 0);
  const shipped = stepper.modelOf(graph, await stepper.state());
  for (const { name } of parameters) {
    assert.deepEqual(numbersOf(shipped.initializers.get(name)!), numbersOf(graph.initializers.get(name)!), name);
  }
  await stepper.dispose();
});

test("the average is shipped where there is one, the weights themselves where there is none", async () => {
  const { graph } = createModel(networkOf(recipe), recipe.preprocessing);
  const { average_decay: _, ...plainTraining } = recipe.training;
  for (const [used, slot] of [
    [recipe, "average/parameter/heads.shape.bias"],
    [{ ...recipe, training: plainTraining }, "parameter/heads.shape.bias"],
  ] as const) {
    const stepper = await createStepper(used as Recipe, { size, threads: 1 });
    for (let step = 0; step < 3; step++) await stepper.step(batchOf(recipe, 12), 1);
    const state = await stepper.state();
    const shipped = numbersOf(stepper.modelOf(graph, state).initializers.get("heads.shape.bias")!);
    assert.deepEqual(shipped, Array.from(state.get(slot)!));
    assert.ok(shipped.some((value) => value !== 0));
    await stepper.dispose();
  }
});

test("where pictures grow, everything that was learned goes on", async () => {
  const plan = planOf(recipe, 40);
  const grows = Array.from({ length: plan.steps }, (_, step) => step).find((step) => plan.sizeAt(step).width === 16)!;
  const steppers = createSizedSteppers(recipe, plan, { threads: 1 });
  const small = await steppers.at(grows - 1);
  assert.equal(await steppers.at(0), small);
  await small.step(batchOf(recipe, 12), 1);
  const before = await small.state();
  const large = await steppers.at(grows);
  assert.notEqual(large, small);
  assert.deepEqual(await large.state(), before);
  await large.step(batchOf(recipe, 16), 1);
  assert.notDeepEqual(await large.state(), before);
  await steppers.dispose();
});

test("a state of another network is refused", async () => {
  const stepper = await createStepper(recipe, { size, threads: 1 });
  const state = await stepper.state();
  await stepper.dispose();
  const other = recipeSchema.parse({
    ...tinyRecipe,
    model: { ...tinyRecipe.model, backbone: { ...tinyRecipe.model.backbone, stem: 6 } },
  });
  await assert.rejects(createStepper(other, { size, threads: 1, state }), { code: "vision/checkpoint-invalid" });
  const short = new Map([...state].slice(1));
  await assert.rejects(createStepper(recipe, { size, threads: 1, state: short }), {
    code: "vision/checkpoint-invalid",
  });
});
