import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, numbersOf } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import { withWeights } from "./step.ts";

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
