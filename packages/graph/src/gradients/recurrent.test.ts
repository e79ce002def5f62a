import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { unrollRecurrent } from "../passes/unroll-recurrent.ts";
import { grus, lstms } from "./recurrent-cases.test.support.ts";

const SEED = 20260107;

/** Both sum some ten products of float32 a gate, over up to five steps. */
const TOLERANCE = 2e-6;

for (const [op, family] of Object.entries({ LSTM: lstms, GRU: grus })) {
  test(`steps in other operators give what onnxruntime's ${op} gives (seed ${SEED})`, async () => {
    for (const { label, inputs, output } of family(seededRandom(SEED))) {
      const build = createBuilder();
      const feeds: Record<string, Tensor> = {};
      const values = inputs.map((tensor, index) => {
        feeds[`x${index}`] = tensor;
        return build.input(`x${index}`, tensor.shape);
      });
      [output(build, values)].flat().forEach((value, index) => {
        build.output(value, `y${index}`);
      });
      const graph = build.build();
      const unrolled = unrollRecurrent(graph);
      assert.ok(graph.nodes.some((node) => node.op === op) && !unrolled.nodes.some((node) => node.op === op));
      assert.deepEqual(unrolled.outputs, graph.outputs);
      const [expected, received] = [await runGraph(graph, feeds), await runGraph(unrolled, feeds)];
      for (const { name } of graph.outputs) {
        const error = relativeError(elementsOf(received[name]!), elementsOf(expected[name]!));
        assert.ok(error <= TOLERANCE, `${op} ${label}: ${name} is off by ${error}`);
      }
    }
  });
}

test("kinds of cells that are not written in steps are errors that name them", () => {
  const refused: readonly (readonly [RegExp, Attributes, boolean])[] = [
    [/the batch first/, { layout: attribute.int(1) }, false],
    [/clipped gates/, { clip: attribute.float(1) }, false],
    [/coupled/, { input_forget: attribute.int(1) }, false],
    [/the activation HardSigmoid/, { activations: attribute.strings(["HardSigmoid", "Tanh", "Tanh"]) }, false],
    [/shorter than the longest/, {}, true],
  ];
  for (const [message, attributes, hasLengths] of refused) {
    const build = createBuilder();
    const operands = [
      build.input("x", [3, 1, 2]),
      build.input("w", [1, 8, 2]),
      build.input("r", [1, 8, 2]),
      undefined,
      hasLengths ? build.constant({ dtype: "int32", shape: [1], data: Int32Array.of(2) }) : undefined,
    ];
    build.output(build.nodeOutputs("LSTM", operands, { attributes, name: "cells" })[0]!, "y");
    assert.throws(() => unrollRecurrent(build.build()), { code: "graph/gradient-unsupported", message });
  }
});

test("a graph without recurrent nodes stays as it is", () => {
  const build = createBuilder();
  build.output(build.relu(build.input("x", [2])), "y");
  const graph = build.build();
  assert.equal(unrollRecurrent(graph), graph);
});
