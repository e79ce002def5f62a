import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  createSession,
  createStatefulSession,
  elementsOf,
  seededRandom,
  targetsHere,
} from "../contract.test.support.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { adamW } from "../optimizers/adamw.ts";
import { createTrainingStep } from "./step.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const MB = 2 ** 20;

/** Resident memory after the collector has run twice: the first time frees what finalizers hold on to. */
async function resident(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return process.memoryUsage.rss() / MB;
}

function tinyNet(): Graph {
  const build = createBuilder({ name: "tiny" });
  const random = seededRandom(1);
  const x = build.input("x", [16, 8]);
  const hidden = build.relu(build.matMul(x, build.constant(random.tensor([8, 16]), "first")));
  const y = build.matMul(hidden, build.constant(random.tensor([16, 2]), "second"));
  const error = build.sub(y, build.input("t", [16, 2]));
  build.output(build.reduceMean(build.mul(error, error), { keepDims: false }), "loss");
  return build.build();
}

test("10,000 steps of a tiny net: resident memory stays within 20 MB of that after the first hundred, and so does the loss fall", async (t) => {
  const { probed: target } = await targetsHere();
  const step = createTrainingStep(tinyNet(), {
    loss: "loss",
    groups: [{ parameters: ["first", "second"], optimizer: adamW(), rate: "rate" }],
    batchInputs: ["x", "t"],
    extents: {},
    target,
  });
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  const random = seededRandom(2);
  const feeds = { x: random.tensor([8, 16]), t: random.tensor([2, 16]), rate: float32([1], [1e-3]) };
  const seen: number[] = [];
  let loss = Number.NaN;
  let first = Number.NaN;
  for (let index = 1; index <= 10_000; index++) {
    loss = elementsOf((await session.step(feeds)).loss!)[0]!;
    if (index === 1) first = loss;
    if (index === 100 || index % 2500 === 0) seen.push(await resident());
  }
  await session.dispose();
  t.diagnostic(`MB after 100, 2,500, 5,000, 7,500, 10,000 steps: ${seen.map((size) => size.toFixed(1)).join(", ")}`);
  assert.ok(loss < 0.5 * first, `${first} to ${loss}`);
  const [start, ...later] = seen as [number, ...number[]];
  for (const size of later) assert.ok(size < start + 20, `${start} MB became ${size} MB`);
});

test("disposal frees: sessions with 64 MB of weights or state, one after another, keep none of it", async (t) => {
  const { probed: target } = await targetsHere();
  const side = 4096; // 64 MB
  const build = createBuilder({ name: "wide" });
  const x = build.input("x", [1, side]);
  const y = build.matMul(x, build.constant(float32([side, side]), "w"));
  build.output(build.reduceMean(build.mul(y, y), { keepDims: false }), "loss");
  const graph = build.build();
  const feeds = { x: float32([1, side]) };
  const step = createTrainingStep(graph, {
    loss: "loss",
    groups: [{ parameters: ["w"], optimizer: adamW(), rate: "rate" }],
    batchInputs: ["x"],
    extents: {},
    target,
  });
  const seen: number[] = [];
  for (let round = 0; round < 5; round++) {
    const session = await createSession(graph, { threads: 1 });
    await session.run(feeds);
    await session.dispose();
    const training = await createStatefulSession(step.graph, step.state, { threads: 1 });
    await training.write(step.initial);
    await training.step({ x: float32([side, 1]), rate: float32([1], [1e-3]) });
    await training.dispose();
    seen.push(await resident());
  }
  t.diagnostic(`MB after each round: ${seen.map((size) => size.toFixed(0)).join(", ")}`);
  // one round holds 64 MB of weights and 6 x 64 MB of state: kept once, it would show in every round
  assert.ok(seen.at(-1)! < seen[0]! + 48, seen.join(", "));
});
