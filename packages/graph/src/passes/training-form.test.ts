import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute } from "../ir/attributes.ts";
import { filled } from "../ir/tensors.ts";
import { FOVEA_DOMAIN, type Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { trainingForm } from "./training-form.ts";

/** Two normalisations, `first` and `second`, of a map of four channels. */
function twoNormalizations(): Graph {
  const build = createBuilder();
  let x = build.input("x", ["N", 4, 3, 3]);
  for (const name of ["first", "second"]) {
    const vector = (kind: string) => build.constant(filled([4], 1), `${name}.${kind}`);
    x = build.node("BatchNormalization", [x, vector("scale"), vector("bias"), vector("mean"), vector("variance")], {
      name,
      outputs: [`${name}.y`],
      attributes: { epsilon: attribute.float(0.001), momentum: attribute.float(0.8) },
    });
  }
  build.output(x, "y");
  return build.build();
}

test("a normalisation whose scale is trained normalises by the batch; another stays frozen", () => {
  const graph = twoNormalizations();
  const { graph: training, statistics } = trainingForm(graph, new Set(["second.scale"]));
  assert.deepEqual(training.nodes[0], graph.nodes[0]);
  assert.deepEqual(training.nodes[1], {
    name: "second",
    domain: FOVEA_DOMAIN,
    op: "BatchNormalization",
    inputs: ["first.y", "second.scale", "second.bias"],
    outputs: ["second.y", "second/batch_mean", "second/batch_variance"],
    attributes: { epsilon: attribute.float(0.001) },
  });
  assert.deepEqual(statistics, [
    {
      mean: "second.mean",
      variance: "second.variance",
      batchMean: "second/batch_mean",
      batchVariance: "second/batch_variance",
      normalized: "second.y",
    },
  ]);
});

test("nothing is changed where no scale is trained, and the original never is", () => {
  const graph = twoNormalizations();
  const before = structuredClone(graph);
  assert.deepEqual(trainingForm(graph, new Set(["first.bias"])).graph.nodes, graph.nodes);
  trainingForm(graph, new Set(["first.scale"]));
  assert.deepEqual(structuredClone(graph), before);
});

test("the training form is a graph that builds, with the shapes of the inference form", () => {
  const { graph } = trainingForm(twoNormalizations(), new Set(["first.scale", "second.scale"]));
  const build = createBuilder({ from: graph });
  assert.deepEqual(build.value("second.y").shape, ["N", 4, 3, 3]);
  assert.deepEqual(build.value("first/batch_variance").shape, [4]);
});
