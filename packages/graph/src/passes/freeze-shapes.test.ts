import assert from "node:assert/strict";
import { test } from "node:test";
import { InferenceSession } from "onnxruntime-node";
import { writeOnnx } from "../format/write-onnx.ts";
import { attribute } from "../ir/attributes.ts";
import type { Graph, Shape } from "../ir/types.ts";
import { freezeShapes } from "./freeze-shapes.ts";

const value = (name: string, shape: Shape | undefined) => ({ name, dtype: "float32", shape }) as const;

const branch = (op: string): Graph => ({
  name: op,
  opsets: { "": 17 },
  inputs: [],
  outputs: [value(`${op}_out`, ["N", "inner"])],
  nodes: [{ name: op, domain: "", op, inputs: ["x"], outputs: [`${op}_out`], attributes: {} }],
  initializers: new Map(),
  metadata: {},
});

const graph: Graph = {
  name: "main",
  opsets: { "": 17 },
  inputs: [value("x", ["N", "width"]), { name: "flag", dtype: "bool", shape: [] }],
  outputs: [value("y", ["N", "width"])],
  nodes: [
    {
      name: "choose",
      domain: "",
      op: "If",
      inputs: ["flag"],
      outputs: ["y"],
      attributes: { then_branch: attribute.graph(branch("Relu")), else_branch: attribute.graph(branch("Neg")) },
    },
  ],
  initializers: new Map(),
  metadata: { note: "kept" },
};

const innerShapes = ({ nodes }: Graph) =>
  Object.values(nodes[0]!.attributes).flatMap((found) =>
    found.type === "graph" ? found.value.outputs.map(({ shape }) => shape) : [],
  );

test("named dimensions become numbers in inputs, outputs and inner graphs; the rest and the original stay", () => {
  const before = structuredClone(graph);
  const frozen = freezeShapes(graph, { N: 4 });
  assert.deepEqual(
    frozen.inputs.map(({ shape }) => shape),
    [[4, "width"], []],
  );
  assert.deepEqual(
    frozen.outputs.map(({ shape }) => shape),
    [[4, "width"]],
  );
  assert.deepEqual(innerShapes(frozen), [
    [4, "inner"],
    [4, "inner"],
  ]);
  assert.deepEqual(frozen.metadata, { note: "kept" });
  assert.deepEqual(structuredClone(graph), before);
  assert.deepEqual(innerShapes(freezeShapes(graph, { inner: 7 })), [
    ["N", 7],
    ["N", 7],
  ]);
});

test("a value of unknown rank stays unknown", () => {
  const open = { ...graph, inputs: [...graph.inputs, value("z", undefined)] };
  assert.deepEqual(freezeShapes(open, { N: 1 }).inputs[2], value("z", undefined));
});

test("the runtime sees the frozen shape", async () => {
  const session = await InferenceSession.create(writeOnnx(freezeShapes(graph, { N: 2, width: 3, inner: 3 })));
  const [input] = session.inputMetadata;
  assert.ok(input?.isTensor);
  assert.deepEqual(input.shape, [2, 3]);
});

test("a name that does not exist is an error that lists those that do", () => {
  assert.throws(() => freezeShapes(graph, { batch: 1 }), {
    code: "graph/dimension-unknown",
    message: /"batch".*N, inner, width/,
  });
  assert.throws(() => freezeShapes(freezeShapes(graph, { N: 1, width: 1, inner: 1 }), { N: 1 }), {
    code: "graph/dimension-unknown",
    message: /none/,
  });
});

test("extents are whole numbers from 1", () => {
  for (const extent of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => freezeShapes(graph, { N: extent }), { code: "graph/dimension-extent" });
  }
});
