import assert from "node:assert/strict";
import { test } from "node:test";
import { createStatefulSession, elementsOf, portableTarget, seededRandom } from "../contract.test.support.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { sgd } from "../optimizers/sgd.ts";
import { createTrainingStep, type StepOptions, type TrainingStep } from "./step.ts";

const SEED = 20260108;
const BATCH = 16;

const weightShapes = { w: [2, 16, 3], r: [2, 16, 4], b: [2, 32], head: [8, 1] } as const;

/** The sum of the first features of a sequence, told by an LSTM in both directions, dropout and a linear layer. */
function lossGraph(): Graph {
  const random = seededRandom(SEED);
  const build = createBuilder({ name: "sequences" });
  const [w, r, b, head] = Object.entries(weightShapes).map(([name, shape]) =>
    build.constant(random.tensor(shape, -0.4, 0.4), name),
  );
  const x = build.input("x", ["N", 5, 3]);
  const [, last] = build.lstm(build.transpose(x, [1, 0, 2]), { w: w!, r: r!, b: b! }, { direction: "bidirectional" });
  const features = build.flatten(build.transpose(last, [1, 0, 2]));
  const told = build.matMul(build.node("Dropout", [features, build.scalar(0.3)]), head!);
  const gap = build.sub(told, build.input("t", ["N", 1]));
  build.output(build.reduceMean(build.mul(gap, gap), { keepDims: false }), "loss");
  return build.build();
}

const optionsOf = (rest: Partial<StepOptions>): StepOptions => ({
  loss: "loss",
  groups: [{ parameters: Object.keys(weightShapes), optimizer: sgd({ momentum: 0.9, nesterov: true }), rate: "rate" }],
  batchInputs: ["x", "t"],
  extents: { N: BATCH },
  target: portableTarget,
  layout: "onnx",
  ...rest,
});

type State = ReadonlyMap<string, Float32Array>;

/** The given number of steps on one batch from a state. */
async function run(step: TrainingStep, from: State, count: number): Promise<{ losses: number[]; state: State }> {
  const x = seededRandom(SEED + 1).tensor([BATCH, 5, 3]);
  const sums = Array.from({ length: BATCH }, (_, row) =>
    [0, 1, 2, 3, 4].reduce((sum, time) => sum + elementsOf(x)[(row * 5 + time) * 3]!, 0),
  );
  const moved = step.graph.inputs.find(({ name }) => name === "x")!.shape![0] !== BATCH;
  const xFed: Tensor = moved ? batchLast(x) : x;
  const t = float32(moved ? [1, BATCH] : [BATCH, 1], sums);
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(from);
  const losses: number[] = [];
  for (let index = 0; index < count; index++) {
    const { loss } = await session.step({ x: xFed, t, rate: float32([1], [0.05]) });
    losses.push(elementsOf(loss!)[0]!);
  }
  const state = await session.read();
  await session.dispose();
  return { losses, state };
}

const batchLast = ({ shape, data }: Tensor): Tensor => {
  const [batch, ...rest] = shape as [number, number, number];
  const size = rest[0]! * rest[1]!;
  const from = data as Float32Array;
  return float32(
    [...rest, batch],
    Array.from(from, (_, index) => from[(index % batch) * size + Math.floor(index / batch)]!),
  );
};

test(`a recurrent net learns, the same in both layouts (seed ${SEED})`, async () => {
  const [onnx, innermost] = await Promise.all(
    (["onnx", "batch-innermost"] as const).map(async (layout) => {
      const step = createTrainingStep(lossGraph(), optionsOf({ layout, dropoutSeed: 1 }));
      assert.ok(!step.graph.nodes.some(({ op }) => op === "LSTM" || op === "Dropout"));
      return (await run(step, step.initial, 60)).losses;
    }),
  );
  const average = (losses: readonly number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  assert.ok(average(onnx!.slice(-10)) < 0.5 * average(onnx!.slice(0, 3)), `losses ${onnx}`);
  // the same masks, sums in another order
  onnx!.slice(0, 10).forEach((loss, index) => {
    assert.ok(Math.abs(loss - innermost![index]!) < 1e-4, `step ${index}: ${loss} and ${innermost![index]}`);
  });
});

test("a run that goes on from a saved state meets the masks that it would have met", async () => {
  const step = createTrainingStep(lossGraph(), optionsOf({ dropoutSeed: 5 }));
  const whole = await run(step, step.initial, 6);
  const first = await run(step, step.initial, 3);
  const second = await run(step, first.state, 3);
  assert.deepEqual([...first.losses, ...second.losses], whole.losses);
  assert.deepEqual(second.state, whole.state);
  const other = createTrainingStep(lossGraph(), optionsOf({ dropoutSeed: 6 }));
  assert.notEqual((await run(other, other.initial, 1)).losses[0], whole.losses[0]);
});

test("without a seed nothing is dropped: two first steps at different counts give one loss", async () => {
  const step = createTrainingStep(lossGraph(), optionsOf({}));
  const later = new Map(step.initial).set("step", Float32Array.of(100));
  const losses = await Promise.all([step.initial, later].map(async (from) => (await run(step, from, 1)).losses[0]));
  assert.equal(losses[0], losses[1]);
  const dropping = createTrainingStep(lossGraph(), optionsOf({ dropoutSeed: 1 }));
  const dropped = await Promise.all(
    [step.initial, later].map(async (from) => (await run(dropping, from, 1)).losses[0]),
  );
  assert.notEqual(dropped[0], dropped[1]);
});
