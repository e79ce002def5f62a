import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createBuilder,
  createStatefulSession,
  createTrainingStep,
  filled,
  float32,
  optimizers,
  portableTarget,
  type Value,
} from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { channelDropout, dropPath } from "./dropout.ts";
import { createScope, type Drops, type Scope } from "./scope.ts";

const [BATCH, CHANNELS, SIDE] = [32, 16, 3];

/** What a layer makes of ones [N, C, 3, 3] while it is trained, in both layouts; the factor that is trained is 1. */
async function droppedOnes(
  drops: Drops | undefined,
  layer: (scope: Scope, x: Value) => Value,
  layout: "onnx" | "batch-innermost",
): Promise<(sample: number, channel: number, pixel: number) => number> {
  const build = createBuilder();
  const x = build.input("x", [BATCH, CHANNELS, SIDE, SIDE]);
  const y = layer(
    createScope(build, createRandom(0, "weights"), drops),
    build.mul(x, build.constant(filled([1], 1), "w")),
  );
  build.output(y, "y");
  build.output(build.reduceMean(y, { keepDims: false }), "loss");
  const step = createTrainingStep(build.build(), {
    loss: "loss",
    groups: [{ parameters: ["w"], optimizer: optimizers.sgd(), rate: "rate" }],
    batchInputs: ["x"],
    extents: {},
    target: portableTarget,
    dropoutSeed: 5,
    layout,
  });
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  const shape = layout === "onnx" ? [BATCH, CHANNELS, SIDE, SIDE] : [CHANNELS, SIDE, SIDE, BATCH];
  const results = await session.step({ x: filled(shape, 1), rate: float32([1], [0]) });
  await session.dispose();
  const data = results.y!.data as Float32Array; // outputs keep their order
  return (sample, channel, pixel) => data[(sample * CHANNELS + channel) * SIDE * SIDE + pixel]!;
}

const shareOf = (kept: readonly boolean[]): number => kept.filter((isKept) => isKept).length / kept.length;

const samples = Array.from({ length: BATCH }, (_, sample) => sample);
const channels = Array.from({ length: CHANNELS }, (_, channel) => channel);
const pixels = Array.from({ length: SIDE * SIDE }, (_, pixel) => pixel);

for (const layout of ["onnx", "batch-innermost"] as const) {
  test(`features are dropped by whole channels of a sample, the others are divided by 1 - ratio: ${layout}`, async () => {
    const at = await droppedOnes({ features: 0.25 }, channelDropout, layout);
    const kept = samples.flatMap((sample) =>
      channels.map((channel) => {
        const first = at(sample, channel, 0);
        assert.ok(first === 0 || Math.abs(first - 1 / 0.75) < 1e-6);
        for (const pixel of pixels) assert.equal(at(sample, channel, pixel), first);
        return first > 0;
      }),
    );
    assert.ok(Math.abs(shareOf(kept) - 0.75) < 0.08, `${shareOf(kept)} of 512 are kept`); // four deviations of 0.019
  });

  test(`a branch is left out for whole samples: ${layout}`, async () => {
    const at = await droppedOnes({ paths: 0.8 }, (scope, x) => dropPath(scope, x, { block: 1, blocks: 4 }), layout);
    const kept = samples.map((sample) => {
      const first = at(sample, 0, 0);
      assert.ok(first === 0 || Math.abs(first - 1 / 0.6) < 1e-6, `${first}`); // 0.8 * 2 / 4 are left out
      for (const channel of channels) for (const pixel of pixels) assert.equal(at(sample, channel, pixel), first);
      return first > 0;
    });
    assert.ok(shareOf(kept) > 0.25 && shareOf(kept) < 0.95, `${shareOf(kept)} of 32 are kept`);
  });
}

test("a scope that drops nothing adds no node", () => {
  for (const drops of [undefined, {}, { features: 0, paths: 0 }]) {
    const build = createBuilder();
    const x = build.input("x", [2, 3, 4, 4]);
    const scope = createScope(build, createRandom(0, "weights"), drops);
    assert.equal(channelDropout(scope, x), x);
    assert.equal(dropPath(scope, x, { block: 0, blocks: 1 }), x);
    assert.equal(build.nodes.length, 0);
  }
});
