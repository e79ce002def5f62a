import assert from "node:assert/strict";
import { test } from "node:test";
import { createBuilder, float32, type Graph, readOnnx, sizeOf, type Value, writeOnnx } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { foreignBackbone } from "../model/foreign-backbone.ts";
import { createModel } from "../model/network.ts";
import { groupsOf } from "./parameter-groups.ts";
import { recipeSchema } from "./recipe.ts";
import { networkOf } from "./stepper.ts";
import { tinyRecipe } from "./tiny-run.test.support.ts";

/**
 * Weights of a graph by what they are: a stem with a normalisation, a block of two convolutions beside one on its skip, a last
 * convolution with a slope (PRelu), the mean, classes. Names are numbers that mean nothing, and tensors stand in this order.
 */
const names = {
  "last.slope": "12",
  "stem.scale": "907",
  "b.weight": "3",
  "stem.mean": "44",
  "skip.weight": "8.1.weight",
  "a.bias": "65",
  "last.weight": "0",
  "stem.bias": "31",
  "a.weight": "8.0.weight",
  "stem.weight": "77",
  "stem.variance": "5",
  "classes.weight": "2",
} as const;

function foreignGraph(): Graph {
  const random = createRandom("foreign");
  const build = createBuilder({ name: "theirs" });
  const weight = (what: keyof typeof names, ...shape: number[]) =>
    build.constant(
      float32(
        shape,
        Array.from({ length: sizeOf(shape) }, () => Math.abs(random.normal(0, 0.3)) + 0.1),
      ),
      names[what],
    );
  const pads = [1, 1, 1, 1] as [number, number, number, number];
  const conv = (x: Value, kernel: Value, bias?: Value) => build.conv(x, kernel, bias, { pads });
  const picture = build.input("picture", ["N", 1, 16, 16]);
  const stem = build.batchNormalization(conv(picture, weight("stem.weight", 4, 1, 3, 3)), {
    scale: weight("stem.scale", 4),
    bias: weight("stem.bias", 4),
    mean: weight("stem.mean", 4),
    variance: weight("stem.variance", 4),
  });
  const seen = build.relu(stem);
  const a = build.relu(conv(seen, weight("a.weight", 4, 4, 3, 3), weight("a.bias", 4)));
  const sum = build.add(conv(a, weight("b.weight", 4, 4, 3, 3)), conv(seen, weight("skip.weight", 4, 4, 3, 3)));
  const scores = conv(sum, weight("last.weight", 8, 4, 3, 3));
  const last = build.node("PRelu", [scores, weight("last.slope", 8, 1, 1)]);
  const pooled = build.flatten(build.globalAveragePool(last));
  build.output(build.gemm(pooled, weight("classes.weight", 3, 8), undefined, { transB: true }), "logits");
  const graph = build.build();
  const initializers = new Map(graph.initializers);
  const shuffled = Object.values(names).map((name) => [name, initializers.get(name)!] as const);
  for (const name of Object.values(names)) initializers.delete(name);
  return { ...graph, initializers: new Map([...shuffled, ...initializers]) };
}

// By hand: last 1, then the block's second convolution and its skip 2, the first 3, the stem 4; what follows a convolution goes with it.
test("rates of a graph of another maker fall layer by layer from the tasks, whatever its weights are called", () => {
  const foreign = foreignBackbone(readOnnx(writeOnnx(foreignGraph())), { file: "theirs.onnx" });
  const recipe = recipeSchema.parse({
    ...tinyRecipe,
    model: { tasks: tinyRecipe.model.tasks, from: { file: "theirs.onnx", rate_decay: 0.5 } },
    training: {
      ...tinyRecipe.training,
      groups: [{ optimizer: "adamw", rate: 1, roles: ["hidden", "edge", "vector"] }],
    },
  });
  const network = networkOf(recipe, { weights: new Map(), foreign });
  const { parameters } = createModel(network, recipe.preprocessing);
  const groups = groupsOf(recipe, parameters);
  const peakOf = (name: string) => groups.find((group) => group.parameters.includes(name))?.peak;
  const blocks = {
    "last.weight": 1,
    "last.slope": 1,
    "b.weight": 2,
    "skip.weight": 2,
    "a.weight": 3,
    "a.bias": 3,
    "stem.weight": 4,
    "stem.scale": 4,
    "stem.bias": 4,
  } as const;
  for (const [what, block] of Object.entries(blocks))
    assert.equal(peakOf(`backbone.${names[what as keyof typeof blocks]}`), 0.5 ** block, what);
  assert.equal(peakOf("heads.shape.weight"), 1);
  assert.equal(peakOf("heads.shape.bias"), 1);
});
