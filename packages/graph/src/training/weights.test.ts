import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, runGraph } from "../contract.test.support.ts";
import { float32, numbersOf } from "../ir/tensors.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { adamW } from "../optimizers/adamw.ts";
import { createTrainingStep, withWeights } from "./step.ts";

test("weights go only into a model that has them, and from a state that does", () => {
  const build = createBuilder();
  build.output(build.mul(build.input("x", [3]), build.constant(float32([3], [1, 2, 3]), "w")), "y");
  const model = build.build();
  const slots = new Map([["slot", "w"]]);
  const enough = new Map([["slot", Float32Array.of(4, 5, 6)]]);
  assert.deepEqual([...numbersOf(withWeights(model, enough, slots).initializers.get("w")!)], [4, 5, 6]);
  const told = { code: "graph/weight-missing" };
  assert.throws(() => withWeights(model, new Map(), slots), { ...told, message: /the state has none/ });
  assert.throws(() => withWeights(model, new Map([["slot", new Float32Array(4)]]), slots), told);
  assert.throws(() => withWeights(model, enough, new Map([["slot", "nobody"]])), {
    ...told,
    message: /no such weight/,
  });
});

test("a weight without axes is trained as others are, and comes back without axes", async () => {
  const build = createBuilder();
  const weight = build.constant(float32([], [3]), "w");
  const error = build.sub(build.mul(build.input("x", ["N", 2]), weight), build.input("t", ["N", 2]));
  build.output(build.reduceMean(build.mul(error, error), { keepDims: false }), "loss");
  const model = build.build();
  const step = createTrainingStep(model, {
    loss: "loss",
    batchInputs: ["x", "t"],
    extents: { N: 2 },
    groups: [{ parameters: ["w"], optimizer: adamW(), rate: "rate" }],
    target: portableTarget,
  });
  for (const { name, shape } of step.state) {
    assert.deepEqual(step.graph.inputs.find((input) => input.name === name)?.shape, shape, name);
  }
  const state = Object.fromEntries(
    step.state.map(({ name, shape }) => [name, float32(shape, step.initial.get(name)!)]),
  );
  const [x, t] = [float32([2, 2], [1, 2, 3, 4]), float32([2, 2], [2, 4, 6, 8])];
  const outputs = await runGraph(step.graph, { ...state, x, t, rate: float32([1], [0.25]) });
  for (const { name, next, shape } of step.state) assert.deepEqual(outputs[next]!.shape, shape, name);
  const moved = new Map(step.state.map(({ name, next }) => [name, Float32Array.from(elementsOf(outputs[next]!))]));
  const trained = withWeights(model, moved, step.modelSlots).initializers.get("w")!;
  assert.deepEqual(trained.shape, []);
  // the first step of Adam is as long as its rate, towards the 2 that fits
  assert.ok(Math.abs(numbersOf(trained)[0]! - 2.75) < 1e-4);
});
