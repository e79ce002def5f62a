import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, lower, relativeError, runGraph, seededRandom, targetsHere } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { filled, int64 } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { deduplicate } from "./deduplicate.ts";

const opsOf = (graph: Graph): string[] => graph.nodes.map(({ op }) => op).sort();

function graphOf(make: (build: Build, x: Value) => readonly Value[]): Graph {
  const build = createBuilder();
  make(build, build.input("x", [2, 4])).forEach((value, index) => {
    build.output(build.neg(value), `y${index}`);
  });
  return build.build();
}

test("nodes of equal operator, operands and attributes become one, whatever the order of their attributes; so do their readers", () => {
  const alpha = attribute.float(0.5);
  const beta = attribute.float(0.25);
  const graph = graphOf((build, x) =>
    [
      { alpha, beta },
      { beta, alpha },
    ].map((attributes) => build.exp(build.node("HardSigmoid", [build.relu(x)], { attributes }))),
  );
  const merged = deduplicate(graph);
  assert.deepEqual(opsOf(graph), [
    "Exp",
    "Exp",
    "HardSigmoid",
    "HardSigmoid",
    "Identity",
    "Identity",
    "Neg",
    "Neg",
    "Relu",
    "Relu",
  ]);
  assert.deepEqual(opsOf(merged), ["Exp", "HardSigmoid", "Identity", "Identity", "Neg", "Relu"]);
  assert.deepEqual(merged.outputs, graph.outputs);
});

test("other attributes, operands, domains or numbers of outputs are kept apart", () => {
  const graph = graphOf((build, x) => [
    build.softmax(x, { axis: 0 }),
    build.softmax(x, { axis: 1 }),
    build.node("LeakyRelu", [x], { attributes: { alpha: attribute.float(Number.NaN) } }),
    build.node("LeakyRelu", [x], { attributes: { alpha: attribute.float(Number.POSITIVE_INFINITY) } }),
    build.sub(x, build.constant(filled([4], 1))),
    build.sub(x, build.constant(filled([4], 1))),
  ]);
  assert.deepEqual(deduplicate(graph).nodes.length, graph.nodes.length);
});

test("an output of the graph keeps its own node and name", async () => {
  const build = createBuilder();
  const x = build.input("x", [2]);
  build.node("Exp", [x], { outputs: ["a"] });
  build.node("Exp", [x], { outputs: ["b"] });
  for (const name of ["a", "b"]) build.output(build.value(name));
  const graph = deduplicate(build.build());
  assert.deepEqual(
    graph.nodes.map(({ outputs }) => outputs),
    [["a"], ["b"]],
  );
});

test("random operators, tensors and inner graphs in attributes are never merged", () => {
  const node = (name: string, op: string, inputs: readonly string[], attributes: Node["attributes"] = {}): Node => ({
    name,
    domain: "",
    op,
    inputs,
    outputs: [name],
    attributes,
  });
  const shape = { shape: attribute.ints([2]) };
  const constant = (value: number) => ({ value: attribute.tensor(int64([value])) });
  const branch = (op: string) => ({
    then_branch: attribute.graph({ ...createBuilder().build(), nodes: [node("inner", op, ["x"])] }),
  });
  const nodes = [
    node("r1", "RandomNormal", [], shape),
    node("r2", "RandomNormal", [], shape),
    node("d1", "Dropout", ["x"]),
    node("d2", "Dropout", ["x"]),
    node("c1", "Constant", [], constant(1)),
    node("c2", "Constant", [], constant(1)),
    node("i1", "If", ["x"], branch("Relu")),
    node("i2", "If", ["x"], branch("Neg")),
  ];
  const graph: Graph = { ...createBuilder().build(), nodes };
  assert.deepEqual(deduplicate(graph).nodes, nodes);
});

test("what an inner graph reads keeps its name", () => {
  const node = (name: string, op: string, inputs: readonly string[], attributes: Node["attributes"] = {}): Node => ({
    name,
    domain: "",
    op,
    inputs,
    outputs: [name],
    attributes,
  });
  const inner = { ...createBuilder().build(), nodes: [node("inner", "Neg", ["second"])] };
  const nodes = [
    node("first", "Relu", ["x"]),
    node("second", "Relu", ["x"]),
    node("y", "If", ["flag"], { then_branch: attribute.graph(inner) }),
  ];
  assert.deepEqual(deduplicate({ ...createBuilder().build(), nodes }).nodes, nodes);
});

test("an output that one twin leaves out is not lost to the readers of the other", () => {
  const node = (name: string, outputs: readonly string[]): Node => ({
    name,
    domain: "",
    op: "MaxPool",
    inputs: ["x"],
    outputs,
    attributes: {},
  });
  const nodes = [node("a", ["y", ""]), node("b", ["z", "indices"])];
  assert.deepEqual(deduplicate({ ...createBuilder().build(), nodes }).nodes, nodes);
});

test("two training normalisations of one value stay two, each with constants that nothing else reads or equals", async () => {
  const { probed } = await targetsHere();
  const shape = [3, 2, 2, 4];
  const build = createBuilder();
  const x = build.input("x", shape);
  const scale = build.constant(filled([3], 1));
  const bias = build.constant(filled([3], 0));
  const attributes = { layout: attribute.string("CHWN") };
  const twins = [
    build.trainingNormalization(x, scale, bias, attributes),
    build.trainingNormalization(x, scale, bias, attributes),
  ];
  const third = build.trainingNormalization(build.mul(x, 3), scale, bias, attributes);
  const frozen = build.batchNormalization(build.transpose(x, [3, 0, 1, 2]), {
    scale,
    bias,
    mean: build.constant(filled([3], 0)),
    variance: build.constant(filled([3], 1)),
  });
  [...twins, third].forEach(([y, mean, variance], index) => {
    for (const [name, value] of Object.entries({ y, mean, variance })) build.output(value, `${name}${index}`);
  });
  build.output(frozen, "frozen");
  const graph = build.build();
  const lowered = lower(graph, probed);
  const isNative = (node: Node) => node.op === "BatchNormalization" && node.attributes.training_mode !== undefined;
  if (probed.nativeNormalization) {
    const native = lowered.nodes.filter(isNative);
    assert.equal(native.length, 3);
    const own = native.flatMap(({ inputs }) => inputs.slice(3));
    assert.equal(new Set(own).size, 6);
    assert.ok(
      lowered.nodes.every((node) =>
        node.inputs.every((input, position) => !own.includes(input) || (isNative(node) && position >= 3)),
      ),
    );
    const numbers = [...lowered.initializers.values()].map(
      ({ shape: extents, data }) => `${extents}: ${Array.from(data as ArrayLike<number | bigint>, String)}`,
    );
    for (const name of own) {
      const text = `${lowered.initializers.get(name)!.shape}: ${[...elementsOf(lowered.initializers.get(name)!)].map(String)}`;
      assert.equal(numbers.filter((other) => other === text).length, 1, `${name} equals another constant`);
    }
  }
  const feeds = { x: seededRandom(1).tensor(shape, -1, 3) };
  const [expected, received] = [
    await runGraph(lower(graph, (await targetsHere()).portable), feeds),
    await runGraph(lowered, feeds),
  ];
  for (const { name } of graph.outputs)
    assert.ok(relativeError(elementsOf(received[name]!), elementsOf(expected[name]!)) < 1e-5, name);
});

test("nodes of equal short constants become one; zeros of both signs and defaults of inputs are told apart", () => {
  const build = createBuilder();
  const x = build.input("x", [2, 4]);
  const [shape, twin] = [build.constant(int64([4, 2])), build.constant(int64([4, 2]))];
  const numbers = [0, -0, 0].map((value) => build.constant(filled([], value)));
  for (const [index, value] of [
    ...[shape, twin].map((own) => build.node("Reshape", [x, own])),
    ...numbers.map((own) => build.mul(x, own)),
  ].entries())
    build.output(build.neg(value), `y${index}`);
  const graph = build.build();
  assert.deepEqual(
    opsOf(deduplicate(graph)).filter((op) => op === "Mul" || op === "Reshape"),
    ["Mul", "Mul", "Reshape"],
  );
  const fed = { name: twin!.name, dtype: "int64" as const, shape: [2] };
  const overridable = { ...graph, inputs: [...graph.inputs, fed] };
  assert.equal(opsOf(deduplicate(overridable)).filter((op) => op === "Reshape").length, 2);
});
