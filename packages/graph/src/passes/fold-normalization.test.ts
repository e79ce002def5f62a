import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldNormalization } from "./fold-normalization.ts";

const opsOf = ({ nodes }: Graph): string[] => nodes.map(({ op }) => op);
const random = seededRandom(5);

/** Statistics of `channels` channels: scale, bias, mean, variance. */
const statistics = (build: Build, channels: number) =>
  [
    random.tensor([channels]),
    random.tensor([channels]),
    random.tensor([channels]),
    random.tensor([channels], 0.2, 3),
  ].map((tensor) => build.constant(tensor));

test("one channel by hand: w = 3, bias 1, scale 2, shift 5, mean 7, variance 4 give 3 x and -1", () => {
  const build = createBuilder();
  const [w, b] = [float32([1, 1, 1, 1], [3]), float32([1], [1])].map((tensor) => build.constant(tensor));
  const conv = build.node("Conv", [build.input("x", [1, 1, 2, 2]), w, b]);
  const numbers = [2, 5, 7, 4].map((value) => build.constant(float32([1], [value])));
  const norm = build.node("BatchNormalization", [conv, ...numbers], {
    attributes: { epsilon: { type: "float", value: 0 } },
  });
  build.output(norm, "y");
  const { nodes, initializers } = foldNormalization(foldConstants(build.build()));
  const [node] = nodes;
  assert.equal(nodes.length, 1);
  // s = 2 / sqrt(4) = 1: w' = 3, b' = 1 (1 - 7) + 5 = -1
  assert.deepEqual([...elementsOf(initializers.get(node!.inputs[1]!)!)], [3]);
  assert.deepEqual([...elementsOf(initializers.get(node!.inputs[2]!)!)], [-1]);
  assert.deepEqual(node!.outputs, ["y"]);
});

test("convolutions with and without bias, grouped and sharing a kernel give what they gave", async () => {
  const build = createBuilder();
  const x = build.input("x", [2, 4, 7, 7]);
  const kernel = build.constant(random.tensor([4, 4, 3, 3]), "shared");
  const grouped = build.constant(random.tensor([4, 1, 3, 3]));
  const normalized = (value: ReturnType<Build["relu"]>) =>
    build.node("BatchNormalization", [value, ...statistics(build, 4)]);
  const first = build.relu(normalized(build.node("Conv", [x, kernel])));
  const second = normalized(build.node("Conv", [first, kernel, build.constant(random.tensor([4]))]));
  const attributes = { group: { type: "int", value: 4 } } as const;
  build.output(normalized(build.node("Conv", [second, grouped], { attributes })), "y");
  const graph = build.build();
  const folded = foldNormalization(graph);
  assert.deepEqual(
    opsOf(folded).filter((op) => op === "BatchNormalization"),
    [],
  );
  const feeds = { x: random.tensor([2, 4, 7, 7]) };
  const [before, after] = [await runGraph(graph, feeds), await runGraph(folded, feeds)];
  // rounding of float32 through three layers
  assert.ok(relativeError(elementsOf(after.y!), elementsOf(before.y!)) < 1e-5);
});

test("it stays where the convolution's output is read elsewhere, is told, or where statistics are computed", () => {
  const build = createBuilder();
  const x = build.input("x", [1, 2, 4, 4]);
  const conv = () => build.node("Conv", [x, build.constant(random.tensor([2, 2, 1, 1]))]);
  const [read, told, learned] = [conv(), conv(), conv()];
  build.output(build.add(build.node("BatchNormalization", [read, ...statistics(build, 2)]), read), "a");
  build.output(told, "b");
  build.output(build.node("BatchNormalization", [told, ...statistics(build, 2)]), "c");
  const computed = [...statistics(build, 2).slice(0, 3), build.input("variance", [2])];
  build.output(build.node("BatchNormalization", [learned, ...computed]), "d");
  const graph = foldConstants(build.build());
  assert.deepEqual(foldNormalization(graph), graph);
});

const models = fileURLToPath(new URL("../../../../models", import.meta.url));

for (const [name, shape] of [
  ["expression", [2, 1, 44, 44]],
  ["face-detector", [1, 3, 64, 96]],
] as const) {
  const file = `${models}/${name}.onnx`;
  test(`${name}: no normalization is left, and noise gives what it gave`, {
    skip: !existsSync(file) && file,
  }, async () => {
    const graph = readOnnx(readFileSync(file));
    const folded = foldNormalization(foldConstants(graph));
    assert.equal(opsOf(folded).includes("BatchNormalization"), false);
    const feeds = { image: seededRandom(2).tensor(shape, 0, 1) };
    const [before, after] = [await runGraph(graph, feeds), await runGraph(folded, feeds)];
    for (const { name: output } of graph.outputs) {
      // rounding of float32 through as many layers as the model has
      assert.ok(relativeError(elementsOf(after[output]!), elementsOf(before[output]!)) < 1e-4, output);
    }
  });
}
