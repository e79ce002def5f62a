import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute } from "../ir/attributes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { prune } from "./prune.ts";

const opsOf = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);

test("nodes and constants that no output needs go; inputs, outputs and metadata stay", () => {
  const build = createBuilder();
  const x = build.input("x", [2]);
  build.input("unused", [3]);
  const w = build.constant(float32([2], [1, 2]), "w");
  build.constant(float32([1]), "idle");
  build.neg(build.exp(build.mul(x, build.constant(float32([2]), "dead"))));
  build.output(build.add(build.relu(x), w), "y");
  const graph = build.build({ metadata: { note: "kept" } });
  const pruned = prune(graph);
  assert.deepEqual(opsOf(pruned), ["Relu", "Add", "Identity"]);
  assert.deepEqual([...pruned.initializers.keys()], ["w"]);
  assert.deepEqual(
    [pruned.inputs, pruned.outputs, pruned.metadata, pruned.opsets],
    [graph.inputs, graph.outputs, graph.metadata, graph.opsets],
  );
  assert.equal(graph.nodes.length, 6); // the original is as it was
});

test("a node of which one output is used stays whole", () => {
  const build = createBuilder();
  build.output(build.split(build.input("x", [4]), { axis: 0, sizes: [1, 3] })[1]!, "y");
  assert.deepEqual(prune(build.build()).nodes[0]!.outputs.length, 2);
});

test("an input that is left out does not keep nodes whose output is left out", () => {
  const build = createBuilder();
  const x = build.input("x", [4]);
  build.nodeOutputs("MaxPool", [build.input("map", [1, 1, 4, 4])], {
    outputs: ["dead", ""],
    attributes: { kernel_shape: attribute.ints([2, 2]) },
  });
  build.output(build.node("Clip", [x, undefined, build.scalar(1)]), "y");
  assert.deepEqual(opsOf(prune(build.build())), ["Clip", "Identity"]);
});

test("what the graphs inside of a node read stays", () => {
  const x = { name: "x", dtype: "float32", shape: [2] } as const;
  const y = { ...x, name: "y" };
  const node = (
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Node["attributes"] = {},
  ): Node => ({ name: outputs[0]!, domain: "", op, inputs, outputs, attributes });
  const inner = (nodes: readonly Node[], output: string): Graph => ({
    ...empty,
    nodes,
    outputs: [{ ...x, name: output }],
  });
  const empty: Graph = {
    name: "inner",
    opsets: { "": 21 },
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: new Map(),
    metadata: {},
  };
  const branches = {
    then_branch: attribute.graph(inner([node("Neg", ["read"], ["a"])], "a")),
    else_branch: attribute.graph(inner([], "handed on")),
  };
  const nodes = [
    node("Relu", ["x"], ["read"]),
    node("Exp", ["x"], ["handed on"]),
    node("Abs", ["x"], ["dead"]),
    node("If", ["flag"], ["y"], branches),
  ];
  const graph: Graph = { ...empty, inputs: [x, { name: "flag", dtype: "bool", shape: [] }], outputs: [y], nodes };
  assert.deepEqual(opsOf(prune(graph)), ["Relu", "Exp", "If"]);
});

test("pruning twice changes nothing more", () => {
  const build = createBuilder();
  build.exp(build.input("x", [2]));
  build.output(build.value("x"), "y");
  const once = prune(build.build());
  assert.deepEqual(prune(once), once);
});
