import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, numbersOf } from "../ir/tensors.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { adamw } from "../optimizers/adamw.ts";
import { createStatefulSession } from "../session/node.ts";
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
    groups: [{ parameters: ["w"], optimizer: adamw(), rate: "rate" }],
    target: portableTarget,
  });
  for (const { name, shape } of step.state) {
    assert.deepEqual(step.graph.inputs.find((input) => input.name === name)?.shape, shape, name);
  }
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  const [x, t] = [float32([2, 2], [1, 2, 3, 4]), float32([2, 2], [2, 4, 6, 8])];
  for (let count = 0; count < 400; count++) await session.step({ x, t, rate: float32([1], [0.05]) });
  const trained = withWeights(model, await session.read(), step.modelSlots).initializers.get("w")!;
  await session.dispose();
  assert.deepEqual(trained.shape, []);
  assert.ok(Math.abs(numbersOf(trained)[0]! - 2) < 1e-2);
});
