import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, lower, relativeError, runGraph, seededRandom, targetsHere } from "../contract.test.support.ts";
import { gradient } from "../gradients/gradient.ts";
import { attribute } from "../ir/attributes.ts";
import { FOVEA_DOMAIN, type Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { absorbScale } from "./absorb-scale.ts";

const random = seededRandom(7);
const feeds = {
  x: random.tensor([3, 4, 5, 2]),
  w: random.tensor([4, 3, 3, 3]),
  offset: random.tensor([4, 4, 5, 2]),
  scale: random.tensor([4], 0.5, 2),
  weight: random.tensor([4, 4, 5, 2]),
};

/** Gradients of a convolution, perhaps with something added to it, that is normalised. */
function gradients(kind: "convolution alone" | "sum"): Graph {
  const build = createBuilder();
  const [x, w, offset, scale, weight] = Object.entries(feeds).map(([name, { shape }]) => build.input(name, shape));
  const attributes = { layout: attribute.string("CHWN"), pads: attribute.ints([1, 1, 1, 1]) };
  const product = build.convInLayout(x!, w!, attributes);
  const z = kind === "sum" ? build.add(product, offset!) : product;
  const [y] = build.trainingNormalization(z, scale!, scale!, { layout: attribute.string("CHWN") });
  build.output(build.reduceSum(build.mul(y, weight!), { keepDims: false }), "loss");
  return gradient(build.build(), { loss: "loss", parameters: kind === "sum" ? ["x", "w", "offset"] : ["x", "w"] });
}

const opsOf = ({ nodes }: Graph): readonly string[] =>
  nodes.filter(({ domain }) => domain === FOVEA_DOMAIN).map(({ op }) => op);

/** The graph with the normalisation's own gradient as an output, which forbids to leave its factor out. */
const withGradientKept = (graph: Graph): Graph => {
  const dx = graph.nodes.find(({ op }) => op === "BatchNormalizationGrad")!.outputs[0]!;
  return { ...graph, outputs: [...graph.outputs, { name: dx, dtype: "float32", shape: feeds.weight.shape }] };
};

test("the factor goes to the gradients of a convolution where nothing else reads the map", () => {
  const absorbed = absorbScale(gradients("convolution alone"));
  assert.ok(opsOf(absorbed).includes("BatchNormalizationGradUnscaled"));
  const readers = absorbed.nodes.filter(({ op }) => op.startsWith("ConvGrad"));
  assert.deepEqual(
    readers.map(({ inputs }) => inputs.length),
    [3, 3],
  );
});

test("the map keeps its factor where another node reads it, and where it is an output", () => {
  for (const graph of [gradients("sum"), withGradientKept(gradients("convolution alone"))])
    assert.deepEqual(absorbScale(graph), graph);
});

test("gradients are the same with and without", async () => {
  for (const target of Object.values(await targetsHere())) {
    for (const kind of ["convolution alone", "sum"] as const) {
      const graph = gradients(kind);
      const received = await runGraph(lower(graph, target), feeds);
      const expected = await runGraph(lower(withGradientKept(graph), target), feeds);
      for (const { name } of graph.outputs) {
        const error = relativeError(elementsOf(received[name]!), elementsOf(expected[name]!));
        assert.ok(error < 1e-5, `${kind}: ${name} is off by ${error}`);
      }
    }
  }
});
