import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute } from "../ir/attributes.ts";
import { filled, float32 } from "../ir/tensors.ts";
import type { Graph } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { fixShapes } from "../passes/fix-shapes.ts";
import { inferValues } from "../passes/infer-values.ts";
import { multiplyAdds } from "./cost.ts";
import { describeGraph } from "./describe.ts";
import { memoryNeed } from "./memory.ts";
import { readProfile } from "./profile.ts";

const graphOf = (make: (build: Build) => void): Graph => {
  const build = createBuilder({ name: "made" });
  make(build);
  return build.build();
};

test("multiply-adds, counted by hand", () => {
  const costOf = (make: (build: Build) => void): number | undefined => {
    const graph = graphOf(make);
    const values = inferValues(graph);
    return graph.nodes.reduce<number | undefined>((sum, node) => {
      const cost = multiplyAdds(node, values);
      return sum === undefined || cost === undefined ? undefined : sum + cost;
    }, 0);
  };
  const image = (build: Build) => build.input("x", [2, 4, 10, 8]);
  const kernel = (build: Build, ...shape: number[]) => build.constant(float32(shape));
  // 2 pictures, 6 filters, maps of 10x8 (padded), 4 channels of 3x3
  assert.equal(
    costOf((build) => build.conv(image(build), kernel(build, 6, 4, 3, 3), undefined, { pads: [1, 1, 1, 1] })),
    2 * 6 * 80 * 36,
  );
  // stride 2: maps of 5x4; groups of two channels
  const strided = { strides: [2, 2], pads: [1, 1, 1, 1], group: 2 };
  assert.equal(
    costOf((build) => build.conv(image(build), kernel(build, 6, 2, 3, 3), undefined, strided)),
    2 * 6 * 20 * 18,
  );
  // every input element meets 3 filters of 2x2
  assert.equal(
    costOf((build) => build.convTranspose(image(build), kernel(build, 4, 3, 2, 2), undefined, { strides: [2, 2] })),
    2 * 4 * 80 * 12,
  );
  assert.equal(
    costOf((build) => build.matMul(build.input("x", [7, 3, 5]), kernel(build, 5, 4))),
    7 * 3 * 4 * 5,
  );
  assert.equal(
    costOf((build) => build.gemm(build.input("x", [3, 5]), kernel(build, 4, 5), kernel(build, 4), { transB: true })),
    60,
  );
  assert.equal(
    costOf((build) => build.einsum("nij,njk->nik", [build.input("x", [2, 3, 4]), kernel(build, 2, 4, 5)])),
    2 * 3 * 4 * 5,
  );
  assert.equal(
    costOf((build) => build.relu(image(build))),
    0,
  );
  assert.equal(
    costOf((build) => build.conv(build.input("x", ["N", 4, 10, 8]), kernel(build, 6, 4, 3, 3))),
    undefined,
  );
});

test("memory: weights, the most that lives at once, and all", () => {
  const graph = graphOf((build) => {
    const x = build.input("x", [1, 100]); // 400 bytes
    const a = build.matMul(x, build.constant(float32([100, 200]), "w")); // 800
    const b = build.relu(a); // 800, a dies
    const c = build.reduceSum(b, { axes: [1] }); // 4, b dies
    build.output(build.add(c, c), "y"); // 4
  });
  // x lives until the product; then a and b; the axes of the sum are a constant
  const need = memoryNeed(graph, inferValues(graph));
  assert.equal(
    need.weightsBytes,
    [...graph.initializers.values()].reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0),
  );
  assert.equal(need.peakBytes, 1600);
  assert.ok(need.allBytes! >= 400 + 800 + 800 + 4 + 4 && need.allBytes! <= 400 + 800 + 800 + 4 + 4 + 4);
});

const mixed = (): Graph =>
  graphOf((build) => {
    const x = build.input("image", ["N", 3, "side", "side"]);
    const stem = build.conv(
      x,
      build.constant(filled([8, 3, 3, 3], 0.1), "stem"),
      build.constant(filled([8], 0), "shift"),
    );
    const rounded = build.node("Round", [build.globalAveragePool(build.relu(stem))]);
    const flat = build.reshape(rounded, [0, 8]);
    build.output(build.matMul(flat, build.constant(filled([8, 2], 0.5), "head")), "y");
  });

test("a description: parameters, multiply-adds, what can be trained and where gradients stop", () => {
  const open = describeGraph(mixed());
  assert.deepEqual([open.open, open.multiplyAdds, open.parameters], [["N", "side"], undefined, 216 + 8 + 16]);
  assert.match(open.untrainable!, /N, side/);
  const found = describeGraph(fixShapes(mixed(), { image: [2, 3, 10, 10] }));
  assert.equal(found.multiplyAdds, 2 * 8 * 64 * 27 + 2 * 2 * 8);
  assert.equal(found.operators[0]!.op, "Conv");
  assert.deepEqual(found.outputs[0]!.shape, [2, 2]);
  assert.equal(found.trainableParameters, 16);
  assert.deepEqual(
    found.gaps.map(({ op }) => op),
    ["Round"],
  );
  assert.deepEqual(found.frozen.map(({ name }) => name).sort(), ["shift", "stem"]);
  assert.ok(found.frozen.every(({ reason }) => reason.includes("Round")));
});

test("an operator that nothing knows is told once, and the rest is described", () => {
  const graph = graphOf((build) => {
    build.output(build.matMul(build.input("x", [1, 4]), build.constant(filled([4, 4], 1), "w")), "y");
  });
  const node = (op: string, input: string, output: string) => ({
    name: op,
    domain: "made.up",
    op,
    inputs: [input],
    outputs: [output],
    attributes: { level: attribute.int(1) },
  });
  const found = describeGraph({
    ...graph,
    opsets: { ...graph.opsets, "made.up": 1 },
    nodes: [...graph.nodes, node("Odd", "y", "z"), node("Even", "z", "u")],
    outputs: [...graph.outputs, { name: "u", dtype: "float32", shape: undefined }],
  });
  assert.deepEqual(
    found.unknown.map(({ op }) => op),
    ["made.up.Odd"],
  );
  assert.equal(found.multiplyAdds, 16);
  assert.equal(found.trainableParameters, 16);
});

test("shapes of inputs: names become numbers everywhere; what does not fit is said", () => {
  const graph = mixed();
  assert.deepEqual(fixShapes(graph, { anything: [1, 3, 8, 8] }).inputs[0]!.shape, [1, 3, 8, 8]);
  for (const shape of [
    [1, 3, 8],
    [1, 4, 8, 8],
    [1, 3, 8, 9],
  ]) {
    assert.throws(() => fixShapes(graph, { image: shape }), { code: "graph/input-shape", message: /N, 3, side, side/ });
  }
  const two = graphOf((build) => {
    build.output(build.add(build.input("a", ["N"]), build.input("b", ["N"])), "y");
  });
  assert.throws(() => fixShapes(two, { c: [1] }), { code: "graph/unknown-input", message: /a, b/ });
  const unranked = { ...two, inputs: two.inputs.map((input) => ({ ...input, shape: undefined })) };
  assert.deepEqual(
    fixShapes(unranked, { a: [2], b: [2] }).inputs.map(({ shape }) => shape),
    [[2], [2]],
  );
});

test("a profile: means over the runs behind the warm-up, fences left out", () => {
  const event = (cat: string, name: string, ts: number, dur: number, op?: string) => ({
    cat,
    name,
    ts,
    dur,
    args: op ? { op_name: op } : {},
  });
  const runs = [0, 1000, 2000].flatMap((start, index) => [
    event("Node", "a_kernel_time", start + 10, 100 * (index + 1), "Conv"),
    event("Node", "a_fence_before", start + 11, 5, "Conv"),
    event("Node", "b_kernel_time", start + 20, 10, "Relu"),
    event("Session", "model_run", start, 500 + index),
  ]);
  const profile = readProfile(JSON.stringify([event("Session", "session_initialization", 0, 9), ...runs]), {
    warmUp: 1,
  });
  assert.deepEqual(profile, {
    runs: 2,
    milliseconds: 0.5015,
    nodes: [
      { node: "a", op: "Conv", milliseconds: 0.25 },
      { node: "b", op: "Relu", milliseconds: 0.01 },
    ],
  });
  assert.throws(() => readProfile("[]"), { code: "graph/profile-unreadable" });
  assert.throws(() => readProfile("{}"), { code: "graph/profile-unreadable" });
  assert.throws(() => readProfile("<"), { code: "graph/profile-unreadable" });
});
