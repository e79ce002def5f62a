import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, lower, relativeError, runGraph, seededRandom, targetsHere } from "../contract.test.support.ts";
import { gradient } from "../gradients/gradient.ts";
import { attribute } from "../ir/attributes.ts";
import type { Attributes, Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { absorbProduct } from "./absorb-product.ts";

const random = seededRandom(11);
const feeds = {
  x: random.tensor([3, 6, 5, 4], -1, 2),
  w: random.tensor([12, 3, 1, 1]),
  scale: random.tensor([12], 0.5, 2),
  weight: random.tensor([12, 6, 5, 4]),
};
const CHWN = { layout: attribute.string("CHWN") };

/** Gradients of a normalised product. */
function gradients(parameters: readonly string[] = ["x", "w", "scale"]): Graph {
  const build = createBuilder();
  const [x, w, scale, weight] = Object.entries(feeds).map(([name, { shape }]) => build.input(name, shape));
  const z = build.convInLayout(x!, w!, CHWN);
  const [y, mean] = build.trainingNormalization(z, scale!, scale!, CHWN);
  build.output(mean, "mean");
  build.output(build.reduceSum(build.mul(y, weight!), { keepDims: false }), "loss");
  return gradient(build.build(), { loss: "loss", parameters });
}

const find = ({ nodes }: Graph, op: string) => nodes.find((node) => node.op === op)!;

/** The graph with the product itself as an output, which forbids to leave it out. */
const withProductKept = (graph: Graph): Graph => ({
  ...graph,
  outputs: [...graph.outputs, { name: find(graph, "Conv").outputs[0]!, dtype: "float32", shape: feeds.weight.shape }],
});

const absorbed = ["NormalizedProduct", "NormalizedProductGrad"];

const ownOf = ({ nodes }: Graph) =>
  nodes.map(({ op }) => op).filter((op) => /^(Conv|BatchNormalization|NormalizedProduct)/.test(op));

test("a convolution without a window, its normalisation and their gradients become two operators", () => {
  assert.deepEqual(ownOf(absorbProduct(gradients())), absorbed);
  assert.deepEqual(ownOf(absorbProduct(gradients(["w"]))), absorbed);
});

test("without gradients the forward pass is absorbed alone, so that a pass computed again gives the same bits", () => {
  const graph = gradients();
  const forward = { ...graph, nodes: graph.nodes.slice(0, graph.nodes.indexOf(find(graph, "ReduceSum"))) };
  assert.deepEqual(ownOf(absorbProduct({ ...forward, outputs: [] })), ["NormalizedProduct"]);
});

test("a window, a stride, groups and another layout are left alone", () => {
  const changes: readonly Attributes[] = [
    { pads: attribute.ints([1, 1, 1, 1]) },
    { strides: attribute.ints([2, 2]) },
    { kernel_shape: attribute.ints([3, 3]) },
    { auto_pad: attribute.string("SAME_UPPER") },
    { group: attribute.int(3) },
    { layout: attribute.string("NCHW") },
  ];
  for (const more of changes) {
    const graph = gradients();
    const changed = {
      ...graph,
      nodes: graph.nodes.map((node) =>
        node.op === "Conv" ? { ...node, attributes: { ...node.attributes, ...more } } : node,
      ),
    };
    assert.deepEqual(absorbProduct(changed), changed);
  }
});

test("a product that is an output, or whose gradient is read elsewhere, is left alone", () => {
  const kept = withProductKept(gradients());
  assert.deepEqual(absorbProduct(kept), kept);
  const graph = gradients();
  const dz = find(graph, "BatchNormalizationGrad").outputs[0]!;
  const read = { ...graph, outputs: [...graph.outputs, { name: dz, dtype: "float32" as const, shape: undefined }] };
  assert.deepEqual(absorbProduct(read), read);
});

test("losses, statistics and gradients are the same with and without", async () => {
  for (const target of Object.values(await targetsHere())) {
    for (const parameters of [["x", "w", "scale"], ["w"], ["x"]]) {
      const graph = gradients(parameters);
      const received = await runGraph(lower(graph, target), feeds);
      const expected = await runGraph(lower(withProductKept(graph), target), feeds);
      for (const { name } of graph.outputs) {
        const error = relativeError(elementsOf(received[name]!), elementsOf(expected[name]!));
        assert.ok(error < 1e-5, `${parameters}: ${name} is off by ${error}`);
      }
    }
  }
});
