import assert from "node:assert/strict";
import { test } from "node:test";
import {
  elementsOf,
  type Feeds,
  lower,
  portableTarget,
  relativeError,
  runGraph,
  seededRandom,
} from "../contract.test.support.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { createBuilder, operatorKey } from "../ops/build.ts";
import { type LayoutCase, layoutCases } from "./cases.test.support.ts";
import { batchInnermost } from "./innermost.ts";
import { addRandomNodes } from "./random-graph.test.support.ts";
import { layoutRules } from "./table.ts";

const SEED = 20260103;

/** Convolutions and sums run in another order: some hundred products of float32 each, in chains of a few. */
const TOLERANCE = 2e-5;

/** The batch, axis 0, moved to the end. */
function toBatchLast({ shape, data }: Tensor): Tensor {
  const batch = shape[0]!;
  const rest = sizeOf(shape.slice(1));
  const moved = Float32Array.from(
    { length: batch * rest },
    (_, index) => (data as Float32Array)[(index % batch) * rest + Math.floor(index / batch)]!,
  );
  return float32([...shape.slice(1), batch], moved);
}

/** Runs a graph in both layouts; every output must be the same, in the same order of axes. */
async function assertSame(graph: Graph, feeds: Feeds, batchInputs: readonly string[], where: string): Promise<Graph> {
  const moved = batchInnermost(graph, batchInputs);
  assert.deepEqual(moved.outputs, graph.outputs, where);
  const movedFeeds = Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, batchInputs.includes(name) ? toBatchLast(tensor) : tensor]),
  );
  const expected = await runGraph(lower(graph, portableTarget), feeds);
  const received = await runGraph(lower(moved, portableTarget), movedFeeds);
  for (const { name, dtype } of graph.outputs) {
    assert.deepEqual(received[name]!.shape, expected[name]!.shape, `${where}: ${name}`);
    assert.equal(received[name]!.dtype, dtype, `${where}: ${name}`);
    const numbers = (tensor: Tensor) =>
      dtype === "float32" ? elementsOf(tensor) : Array.from(tensor.data as ArrayLike<number | bigint>, Number);
    const error = relativeError(numbers(received[name]!), numbers(expected[name]!));
    assert.ok(error <= TOLERANCE, `${where}: ${name} is off by ${error}`);
  }
  return moved;
}

/** All cases of one operator in one graph; `x` inputs hold the batch, `fixed` ones do not. */
function graphOf(cases: readonly LayoutCase[]): { graph: Graph; feeds: Feeds; batchInputs: string[] } {
  const build = createBuilder();
  const random = seededRandom(SEED);
  const feeds: Record<string, Tensor> = {};
  const batchInputs: string[] = [];
  cases.forEach(({ batch, fixed = [], output }, index) => {
    const input = (kind: string) => (shape: readonly number[], position: number) => {
      const name = `${index}/${kind}${position}`;
      feeds[name] = random.tensor(shape, 0.25, 1.5);
      if (kind === "x") batchInputs.push(name);
      return build.input(name, shape);
    };
    const made = output(build, batch.map(input("x")), fixed.map(input("fixed")));
    for (const value of Array.isArray(made) ? made : [made]) build.output(value, `${index}/${value.name}`);
  });
  return { graph: build.build(), feeds, batchInputs };
}

for (const [op, cases] of Object.entries(layoutCases)) {
  test(`${op} gives the same with the batch innermost`, async () => {
    const { graph, feeds, batchInputs } = graphOf(cases);
    assert.ok(graph.nodes.filter((node) => operatorKey(node) === op).length >= cases.length);
    const moved = await assertSame(graph, feeds, batchInputs, op);
    assert.deepEqual(
      moved.nodes
        .filter(({ domain }) => domain === "fovea")
        .every(({ attributes }) => attributes.layout?.type !== "string" || attributes.layout.value === "CHWN"),
      true,
    );
  });
}

test("every rule of the table has cases, and so has an operator that it does not know", () => {
  const known = Object.keys(layoutCases).filter((op) => op !== "GlobalMaxPool");
  assert.deepEqual(known.sort(), Object.keys(layoutRules).sort());
  assert.ok("GlobalMaxPool" in layoutCases && !("GlobalMaxPool" in layoutRules));
});

for (let graphNumber = 0; graphNumber < 24; graphNumber++) {
  const seed = SEED + graphNumber;
  test(`a random graph gives the same with the batch innermost (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const build = createBuilder();
    const [batch, channels, height, width] = random.pick([
      [3, 3, 4, 3],
      [2, 4, 5, 6],
      [1, 2, 6, 4],
      [4, 1, 3, 4],
    ] as const);
    const shapes = { x: [batch, channels, height, width], z: [batch, channels], fixed: [channels, height, width] };
    const feeds = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, random.tensor(shape)]));
    const values = Object.entries(shapes).map(([name, shape]) => build.input(name, shape));
    for (const value of addRandomNodes(build, values, random, 14)) build.output(value);
    await assertSame(build.build(), feeds, ["x", "z"], `seed ${seed}`);
  });
}

test("a convolutional net is rewritten without a transposition of a map", () => {
  const build = createBuilder();
  const x = build.input("x", [4, 3, 9, 8]);
  const constant = (shape: readonly number[]) => build.constant(seededRandom(1).tensor(shape));
  const stem = build.relu(
    build.conv(x, constant([8, 3, 3, 3]), constant([8]), { strides: [2, 2], pads: [1, 1, 1, 1] }),
  );
  const pooled = build.maxPool(stem, { kernel: [2, 2], ceil: true });
  const features = build.reshape(
    build.globalAveragePool(build.add(pooled, build.conv(pooled, constant([8, 8, 1, 1])))),
    [0, -1],
  );
  build.output(
    build.reduceMean(build.logSoftmax(build.gemm(features, constant([5, 8]), constant([5]), { transB: true })), {
      keepDims: false,
    }),
    "loss",
  );
  const { nodes } = batchInnermost(build.build(), ["x"]);
  assert.deepEqual(
    nodes.filter(({ op }) => op === "Transpose"),
    [],
  );
});

test("constants of an old file, which are inputs too, stay constants", async () => {
  const build = createBuilder();
  build.output(build.mul(build.input("x", [2, 3]), build.constant(float32([3], [1, 2, 3]), "w")), "y");
  const graph = build.build();
  const old: Graph = { ...graph, inputs: [...graph.inputs, { name: "w", dtype: "float32", shape: [3] }] };
  const moved = batchInnermost(old, ["x"]);
  assert.deepEqual(
    moved.inputs.map(({ name }) => name),
    ["x"],
  );
  const { y } = await runGraph(moved, { x: float32([3, 2], [1, 4, 2, 5, 3, 6]) });
  assert.deepEqual([...elementsOf(y!)], [1, 4, 9, 4, 10, 18]);
});
