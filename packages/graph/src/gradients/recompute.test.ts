import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { elementsOf, lower, runGraph, seededRandom, targetsHere } from "../contract.test.support.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { appendGradient } from "./gradient.ts";
import type { Recompute } from "./recompute.ts";

const targets = await targetsHere();
const random = seededRandom(20260101);
const weights = [0, 1, 2, 3].map((index) => ({
  name: `w${index}`,
  tensor: random.tensor(index === 0 ? [4, 2, 3, 3] : [4, 4, 3, 3]),
}));
const x = random.tensor([3, 2, 6, 5]);

/** Four convolutions with a skip over two of them; the values after each are named block0 to block3. */
function network(recompute?: Recompute): Graph {
  const build = createBuilder();
  let map = build.input("x", x.shape);
  let skip = map;
  weights.forEach(({ name, tensor }, index) => {
    const product = build.conv(map, build.input(name, tensor.shape), undefined, { pads: [1, 1, 1, 1] });
    const active = build.tanh(product);
    map = build.node("Identity", [index === 2 ? build.add(active, skip) : active], { outputs: [`block${index}`] });
    if (index === 0) skip = map;
  });
  const loss = build.reduceMean(build.mul(map, map), { keepDims: false });
  build.output(loss, "loss");
  const gradients = appendGradient(build, { loss: loss.name, parameters: weights.map(({ name }) => name), recompute });
  for (const [name, value] of gradients) build.output(value, `gradient/${name}`);
  return build.build();
}

const feeds: Record<string, Tensor> = { x, ...Object.fromEntries(weights.map(({ name, tensor }) => [name, tensor])) };

const countOf = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length;

for (const recompute of [["block0"], ["block1", "block2"], ["block0", "block1", "block2"], 1, 2, 3, 4, 50] as const) {
  test(`gradients are the same bits where segments are computed again: ${recompute}`, async () => {
    for (const target of Object.values(targets)) {
      const plain = lower(network(), target);
      const again = lower(network(recompute), target);
      const [expected, received] = [await runGraph(plain, feeds), await runGraph(again, feeds)];
      assert.deepEqual(Object.keys(received).sort(), Object.keys(expected).sort());
      for (const [name, tensor] of Object.entries(expected))
        assert.deepEqual(elementsOf(received[name]!), elementsOf(tensor), name);
      if (recompute === 1) assert.equal(countOf(again, "Tanh"), countOf(plain, "Tanh"));
    }
  });
}

test("a segment is computed twice, what follows the last border once", () => {
  const plain = lower(network(), targets.portable);
  const again = lower(network(["block0", "block2"]), targets.portable);
  assert.equal(countOf(plain, "Tanh"), 4);
  // block0 and block2 are kept, and the activations behind them are made again
  assert.equal(countOf(again, "Tanh"), 4 + 3);
});

test("random masks are drawn once, so that both passes drop the same", async () => {
  const graphOf = (recompute?: Recompute): Graph => {
    const build = createBuilder();
    const [input, w] = [build.input("x", [4, 8]), build.input("w", [8, 8])];
    const [seed, step] = [build.scalar(3), build.input("step", [1])];
    const hidden = build.randomDropout(build.tanh(build.matMul(input, w)), { ratio: 0.5, seed, step, stream: 0 });
    const border = build.node("Identity", [build.mul(hidden, hidden)], { outputs: ["border"] });
    const loss = build.reduceSum(build.mul(border, border), { keepDims: false });
    const gradients = appendGradient(build, { loss: loss.name, parameters: ["w"], recompute });
    build.output(gradients.get("w")!, "dw");
    return lower(build.build(), targets.portable);
  };
  const own = { x: random.tensor([4, 8]), w: random.tensor([8, 8]), step: random.tensor([1], 5, 5) };
  const [plain, again] = [await runGraph(graphOf(), own), await runGraph(graphOf(["border"]), own)];
  assert.deepEqual(elementsOf(again.dw!), elementsOf(plain.dw!));
  assert.ok(elementsOf(plain.dw!).some((element) => element !== 0));
});

test("borders that are not there and counts that are none are errors that say so", () => {
  assert.throws(() => network(["elsewhere"]), { code: "graph/recompute-unknown", message: /elsewhere/ });
  assert.throws(() => network(0), { code: "graph/recompute-count" });
  assert.throws(() => network(1.5), { code: "graph/recompute-count" });
});

/** Megabytes at the peak of a process that runs one step. */
function peakOf(segments: string): number {
  const script = fileURLToPath(new URL("recompute-peak.test.support.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, segments], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return Number(stdout);
}

test("16 layers of 8 MB take less memory in 4 segments: of 16 maps, and as many slopes, 4 + 4 are there at once", () => {
  const [plain, again] = [peakOf("none"), peakOf("4")];
  assert.ok(plain - again > 80, `${plain} MB without segments, ${again} MB in four`);
});
