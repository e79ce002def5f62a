import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, lower, portableTarget, runGraph } from "../contract.test.support.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { seededDropout } from "./seeded-dropout.ts";

const COUNT = 6000;

/** Two dropouts of ones, with shares of 0.25 and (unless told) a half. */
function model(): Graph {
  const build = createBuilder();
  const x = build.input("x", [COUNT]);
  build.output(build.node("Dropout", [x, build.scalar(0.25)]), "quarter");
  build.output(build.node("Dropout", [x]), "half");
  return build.build();
}

const ones = float32([COUNT], new Array<number>(COUNT).fill(1));

async function masks(seed: number, step: number): Promise<Record<"quarter" | "half", Float32Array>> {
  const graph = lower(seededDropout(model(), { seed, step: "step" }), portableTarget);
  const { quarter, half } = await runGraph(graph, { x: ones, step: float32([1], [step]) });
  return { quarter: elementsOf(quarter!), half: elementsOf(half!) };
}

const dropped = (mask: Float32Array): number => mask.filter((element) => element === 0).length / mask.length;

const agreeing = (a: Float32Array, b: Float32Array): number =>
  a.filter((element, index) => (element === 0) === (b[index] === 0)).length / a.length;

test("elements are dropped at their share, the others are divided by what is left", async () => {
  const { quarter, half } = await masks(1, 0);
  // five standard deviations of 6000 draws
  assert.ok(Math.abs(dropped(quarter) - 0.25) < 0.028, `${dropped(quarter)} of a quarter`);
  assert.ok(Math.abs(dropped(half) - 0.5) < 0.033, `${dropped(half)} of a half`);
  assert.deepEqual(new Set(quarter), new Set([0, Math.fround(1 / 0.75)]));
  assert.deepEqual(new Set(half), new Set([0, 2]));
});

test("the same seed and step give the same masks; another step, seed or node gives another", async () => {
  const first = await masks(1, 7);
  assert.deepEqual(await masks(1, 7), first);
  for (const other of [(await masks(1, 8)).half, (await masks(2, 7)).half])
    assert.ok(Math.abs(agreeing(first.half, other) - 0.5) < 0.033);
  // where masks of a quarter and a half are independent, 0.25 * 0.5 + 0.75 * 0.5 of the places agree
  assert.ok(Math.abs(agreeing(first.quarter, first.half) - 0.5) < 0.033);
});

test("stochastic depth keeps or leaves out whole samples", async () => {
  const build = createBuilder();
  const x = build.input("x", [400, 2, 3]);
  build.output(build.stochasticDepth(x, { ratio: 0.2, seed: build.scalar(3), step: build.scalar(11), stream: 0 }), "y");
  const data = new Array<number>(2400).fill(1);
  const { y } = await runGraph(lower(build.build(), portableTarget), { x: float32([400, 2, 3], data) });
  const samples = Array.from({ length: 400 }, (_, index) => new Set(elementsOf(y!).subarray(index * 6, index * 6 + 6)));
  assert.ok(samples.every((sample) => sample.size === 1));
  const left = samples.filter((sample) => sample.has(0)).length / 400;
  assert.ok(left > 0.1 && left < 0.3, `${left} are left out`); // 0.2, five standard deviations
  assert.ok(samples.every((sample) => sample.has(0) || sample.has(1.25)));
});

test("an own input of the step is used, and a graph without Dropout stays as it is", () => {
  const build = createBuilder();
  build.output(build.mul(build.node("Dropout", [build.input("x", [3])]), build.input("step", [1])), "y");
  const graph = seededDropout(build.build(), { seed: 0, step: "step" });
  assert.deepEqual(
    graph.inputs.map(({ name }) => name),
    ["x", "step"],
  );
  const plain = createBuilder();
  plain.output(plain.relu(plain.input("x", [2])), "y");
  const untouched = plain.build();
  assert.equal(seededDropout(untouched, { seed: 0, step: "step" }), untouched);
});

test("a mask that is read elsewhere, a computed ratio and a seed out of range are errors", () => {
  const made = (output: (build: Build) => void): Graph => {
    const build = createBuilder();
    output(build);
    return build.build();
  };
  const masked = made((build) => {
    const [y, mask] = build.nodeOutputs("Dropout", [build.input("x", [2])], { outputCount: 2, name: "drop" });
    build.output(build.where(mask!, y!, y!), "y");
  });
  const computed = made((build) => {
    build.output(build.node("Dropout", [build.input("x", [2]), build.input("ratio", [])], { name: "drop" }), "y");
  });
  const options = { seed: 1, step: "step" };
  assert.throws(() => seededDropout(masked, options), { code: "graph/gradient-unsupported", message: /"drop".*mask/ });
  assert.throws(() => seededDropout(computed, options), { code: "graph/shape-mismatch", message: /constant ratio/ });
  for (const seed of [-1, 0.5, 2 ** 24])
    assert.throws(() => seededDropout(model(), { ...options, seed }), { code: "graph/seed-out-of-range" });
});
