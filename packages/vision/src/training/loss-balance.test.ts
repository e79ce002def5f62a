import assert from "node:assert/strict";
import { test } from "node:test";
import { createLossGraph, createModel } from "../model/network.ts";
import { balanced, learnedWeights } from "./loss-balance.ts";
import { recipeSchema } from "./recipe.ts";
import { createStepper, networkOf } from "./stepper.ts";
import { tinyRecipe, withTraining } from "./tiny-run.test.support.ts";

const second = { kind: "regression", name: "size", values: ["width"] };
const recipeWith = (training: object) => {
  const plain = withTraining({ batch: 2, ...training });
  return recipeSchema.parse({ ...plain, model: { ...plain.model, tasks: [...plain.model.tasks, second] } });
};

test("by count, the task with the most labels has weight 1 and the others as many times more as they have fewer", () => {
  const recipe = recipeWith({ loss_balance: "count", loss_weights: { size: 0.5 } });
  const labels = { shape: 300, size: 100 };
  assert.deepEqual(balanced(recipe, { labels }).training.loss_weights, { shape: 1, size: 1.5 });
  const byHand = recipeWith({});
  assert.equal(balanced(byHand, { labels }), byHand);
});

test("weights by uncertainty are learned from 1 and stay out of the model", async () => {
  const recipe = recipeWith({ loss_balance: "uncertainty", average_decay: undefined });
  const size = { width: 8, height: 8 };
  const { parameters } = createLossGraph(networkOf(recipe), recipe.preprocessing, size, 2);
  const names = parameters.map(({ name }) => name).filter((name) => name.startsWith("loss_balance."));
  assert.deepEqual(names, ["loss_balance.shape", "loss_balance.size"]);
  const stepper = await createStepper(recipe, { size, threads: 1 });
  const picture = Float32Array.from({ length: 128 }, (_, index) => Math.sin(index));
  const classes = Float32Array.of(1, 0, 0, 1);
  const ones = () => Float32Array.of(1, 1);
  const { loss, losses } = await stepper.step([picture, classes, ones(), Float32Array.of(3, 3), ones()], 0.1);
  // exp(-0) L + 0 / 2 of both
  assert.ok(Math.abs(loss - losses.shape! - losses.size!) < 1e-5);
  const state = await stepper.state();
  const learned = (task: string) => state.get(`parameter/loss_balance.${task}`)![0]!;
  // d/ds (exp(-s) L + s / 2) = 1/2 - L at 0: s rises where the loss is above one half, and Adam's first steps are of one length
  assert.ok(losses.shape! > 0.5 && losses.size! > 0.5);
  assert.ok(learned("shape") > 0 && learned("size") > 0);
  const weights = learnedWeights({ ...recipe, training: { ...recipe.training, loss_weights: { size: 2 } } }, state)!;
  assert.ok(Math.abs(weights.shape! - Math.exp(-learned("shape"))) < 1e-12);
  assert.ok(Math.abs(weights.size! - 2 * Math.exp(-learned("size"))) < 1e-12);
  assert.equal(learnedWeights(recipeWith({}), state), undefined);
  const model = stepper.modelOf(createModel(networkOf(recipe), recipe.preprocessing).graph, state);
  await stepper.dispose();
  assert.ok(![...model.initializers.keys()].some((name) => name.startsWith("loss_balance")));
});

test("a task that rests no longer moves the network", async () => {
  const recipe = recipeWith({ patience: 1, average_decay: undefined });
  const size = { width: 8, height: 8 };
  const picture = Float32Array.from({ length: 128 }, (_, index) => Math.cos(index));
  const ones = Float32Array.of(1, 1);
  const stateAfter = async (width: number, resting: string[]) => {
    const stepper = await createStepper(recipe, { size, threads: 1 });
    // a step takes its tensors over
    const batch = [
      picture.slice(),
      Float32Array.of(1, 0, 0, 1),
      ones.slice(),
      Float32Array.of(width, width),
      ones.slice(),
    ];
    const { losses } = await stepper.step(batch, 1, new Set(resting));
    // as text, since 0 and -0 are the same state
    const state = [...(await stepper.state())].map(([name, values]) => [name, values.join()]);
    await stepper.dispose();
    return { state, losses };
  };
  const [one, other, taught] = [
    await stateAfter(3, ["size"]),
    await stateAfter(-9, ["size"]),
    await stateAfter(-9, []),
  ];
  assert.notEqual(one.losses.size, other.losses.size); // still told
  assert.deepEqual(one.state, other.state);
  assert.notDeepEqual(other.state, taught.state);
});

test("balance and moment that the data cannot give are refused", () => {
  const scenes = {
    ...tinyRecipe,
    data: { kind: "boxes", sets: [{ reader: "coco", folder: "x" }] },
    training: { ...tinyRecipe.training, patience: 2, moment: "per-task", loss_balance: "count" },
  };
  const { error } = recipeSchema.safeParse(scenes);
  const paths = error!.issues.map(({ path }) => path.join("."));
  for (const field of ["moment", "loss_balance"]) assert.ok(paths.includes(`training.${field}`), field);
  // boxes have an average precision to go by
  assert.ok(!paths.includes("training.patience"));
});
