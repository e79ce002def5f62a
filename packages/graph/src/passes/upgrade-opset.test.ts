import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, runGraph, seededRandom } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32 } from "../ir/tensors.ts";
import type { Attributes } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

const { ints, int, float, floats, string } = attribute;

type Old = (build: Build, x: Value) => readonly Value[];

const one =
  (op: string, ...all: readonly Attributes[]): Old =>
  (build, x) =>
    all.map((attributes) => build.node(op, [x], { attributes }));

const statistics = (build: Build): readonly Value[] =>
  [1, 2, 3, 4].map((value) => build.constant(float32([3], [value, 1, 2])));

/** Uses of a map [2, 3, 4, 5] as older versions write them, by the version. */
const old: Readonly<Record<string, readonly [opset: number, output: Old]>> = {
  "axes as attributes": [
    11,
    (build, x) =>
      ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceProd", "ReduceSumSquare"].flatMap((op) =>
        one(op, { axes: ints([1, -1]) }, { keepdims: int(0) })(build, x),
      ),
  ],
  "axes as attributes, opset 17": [17, one("ReduceMean", { axes: ints([2]), keepdims: int(0) })],
  "axes added and removed": [
    11,
    (build, x) => [
      build.node("Squeeze", [build.node("Unsqueeze", [x], { attributes: { axes: ints([0, 3]) } })], {
        attributes: { axes: ints([3]) },
      }),
    ],
  ],
  "axes removed where they are 1": [
    11,
    (build, x) => [build.node("Squeeze", [build.node("Unsqueeze", [x], { attributes: { axes: ints([0, 3]) } })])],
  ],
  parts: [
    11,
    (build, x) => [
      ...build.nodeOutputs("Split", [x], { outputCount: 2, attributes: { axis: int(3), split: ints([2, 3]) } }),
      ...build.nodeOutputs("Split", [x], { outputCount: 2, attributes: { axis: int(2) } }),
    ],
  ],
  "parts as an input": [13, (build, x) => build.split(x, { axis: 3, sizes: [1, 4] })],
  bounds: [9, one("Clip", { min: float(-0.5), max: float(0.25) }, { min: float(0) }, {})],
  border: [
    9,
    one(
      "Pad",
      { pads: ints([0, 0, 1, 2, 0, 0, 0, 1]), value: float(3) },
      { pads: ints([0, 0, 1, 1, 0, 0, 1, 1]), mode: string("edge") },
    ),
  ],
  ranges: [
    9,
    one(
      "Slice",
      { starts: ints([1, -3]), ends: ints([3, 100]), axes: ints([2, 3]) },
      { starts: ints([1]), ends: ints([2]) },
    ),
  ],
  "softmax over several axes": [
    11,
    (build, x) =>
      ["Softmax", "LogSoftmax"].flatMap((op) =>
        one(op, {}, { axis: int(2) }, { axis: int(-1) }, { axis: int(0) })(build, x),
      ),
  ],
  "softmax over one axis": [13, one("Softmax", {}, { axis: int(1) })],
  "upsampling, opset 9": [
    9,
    (build, x) => [
      build.node("Upsample", [x, build.constant(float32([4], [1, 1, 2, 1.5]))], {
        attributes: { mode: string("nearest") },
      }),
    ],
  ],
  "upsampling, opset 7": [7, one("Upsample", { mode: string("linear"), scales: floats([1, 1, 2, 2]) })],
  "resizing, opset 10": [
    10,
    (build, x) =>
      ["nearest", "linear"].map((mode) =>
        build.node("Resize", [x, build.constant(float32([4], [1, 1, 2, 3]))], { attributes: { mode: string(mode) } }),
      ),
  ],
  "resizing, opset 11": [
    11,
    (build, x) => [
      build.node("Resize", [x, build.constant(float32([0])), build.constant(float32([4], [1, 1, 2, 3]))], {
        attributes: { mode: string("nearest") },
      }),
    ],
  ],
  dropping: [9, one("Dropout", { ratio: float(0.5) })],
  "sums and logarithms over axes": [
    13,
    (build, x) =>
      ["ReduceL1", "ReduceLogSum", "ReduceLogSumExp"].flatMap((op) =>
        one(op, { axes: ints([1, -1]) })(build, build.add(build.abs(x), 0.5)),
      ),
  ],
  "the largest, counted in an attribute": [
    9,
    (build, x) => [build.nodeOutputs("TopK", [x], { outputCount: 2, attributes: { k: int(2), axis: int(2) } })[0]!],
  ],
  "scales of groups": [
    18,
    (build, x) => {
      const perGroup = [float32([3], [0.5, 2, -1]), float32([3], [1, 0, 3])].map((tensor) => build.constant(tensor));
      const channels = build.reshape(x, [2, 6, 2, 5]);
      return [build.node("GroupNormalization", [channels, ...perGroup], { attributes: { num_groups: int(3) } })];
    },
  ],
  "interpolations by other names": [
    16,
    (build, x) =>
      ["bilinear", "bicubic", "nearest", undefined].map((mode) => {
        const places = build.constant(seededRandom(6).tensor([2, 2, 3, 2], -1.2, 1.2));
        return build.node("GridSample", [x, places], { attributes: mode ? { mode: string(mode) } : {} });
      }),
  ],
  "regions from the corners of pixels": [
    10,
    (build, x) => {
      const regions = build.constant(float32([2, 4], [0.5, 0.5, 3, 2.5, 1, 0, 1.5, 3]));
      const attributes = { output_height: int(2), output_width: int(2), sampling_ratio: int(2) };
      return [build.node("RoiAlign", [x, regions, build.integers([0, 1])], { attributes })];
    },
  ],
  normalisation: [
    9,
    (build, x) => [
      build.node("BatchNormalization", [x, ...statistics(build)], {
        attributes: { epsilon: float(0.1), momentum: float(0.5) },
      }),
    ],
  ],
};

for (const [label, [opset, output]] of Object.entries(old)) {
  test(`a graph of opset ${opset} computes the same as opset 21: ${label}`, async () => {
    const build = createBuilder({ opset });
    for (const value of output(build, build.input("x", [2, 3, 4, 5]))) build.output(value);
    const graph = build.build({ metadata: { note: "kept" } });
    const upgraded = upgradeOpset(graph);
    assert.deepEqual(
      [upgraded.opsets[""], upgraded.metadata, upgraded.inputs, upgraded.outputs],
      [21, { note: "kept" }, graph.inputs, graph.outputs],
    );
    const feeds = { x: seededRandom(5).tensor([2, 3, 4, 5]) };
    const [expected, received] = [await runGraph(graph, feeds), await runGraph(upgraded, feeds)];
    for (const { name } of graph.outputs) {
      assert.deepEqual(received[name]!.shape, expected[name]!.shape, name);
      const differences = elementsOf(received[name]!).map((element, index) =>
        Math.abs(element - elementsOf(expected[name]!)[index]!),
      );
      assert.ok(Math.max(...differences) < 1e-6, name); // the same kernels; sums may run in another order
    }
  });
}

test("a graph of the current version is left as it is; one of before opset 7 is an error", () => {
  const current = createBuilder().build();
  assert.equal(upgradeOpset(current), current);
  assert.throws(() => upgradeOpset(createBuilder({ opset: 6 }).build()), {
    code: "graph/opset-too-old",
    message: /opset 6/,
  });
});
