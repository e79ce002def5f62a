import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { gradient } from "../gradients/gradient.ts";
import type { Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { prune } from "../passes/prune.ts";
import { keepDeviations } from "./keep-deviations.ts";

const random = seededRandom(5);
const feeds = {
  x: random.tensor([3, 4, 6], -2, 5),
  scale: random.tensor([6], 0.5, 2),
  bias: random.tensor([6]),
  weight: random.tensor([3, 4, 6]),
};

function lossGraph(): Graph {
  const build = createBuilder();
  const [x, scale, bias, weight] = Object.entries(feeds).map(([name, { shape }]) => build.input(name, shape));
  const y = build.layerNormalization(x!, scale!, bias!);
  build.output(build.reduceSum(build.mul(y, weight!), { keepDims: false }), "loss");
  return build.build();
}

test("gradients are the same and compute no means of the input", async () => {
  const options = { loss: "loss", parameters: ["x", "scale", "bias"] };
  const plain = prune(gradient(lossGraph(), options));
  const kept = prune(gradient(keepDeviations(lossGraph()), options));
  const means = ({ nodes }: Graph) => nodes.filter(({ op }) => op === "ReduceMean").length;
  assert.equal(means(plain) - means(kept), 2);
  const [received, expected] = [await runGraph(kept, feeds), await runGraph(plain, feeds)];
  for (const { name } of plain.outputs) {
    const error = relativeError(elementsOf(received[name]!), elementsOf(expected[name]!));
    assert.ok(error < 3e-6, `${name} is off by ${error}`);
  }
});

test("a normalisation that gives them already is left alone", () => {
  const once = keepDeviations(lossGraph());
  assert.deepEqual(keepDeviations(once), once);
});
