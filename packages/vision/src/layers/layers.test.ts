import assert from "node:assert/strict";
import { test } from "node:test";
import { createBuilder, createSession, float32, numbersOf, type Value } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { convolution, convolutionBlock, outputConvolution } from "./convolution.ts";
import { heNormal } from "./initializers.ts";
import { outputLinear } from "./linear.ts";
import { standardize } from "./normalization.ts";
import { createScope, inside, type Scope } from "./scope.ts";

/** A scope with its builder and an input of this shape. */
function start(shape: readonly number[]): { scope: Scope; x: Value } {
  const build = createBuilder();
  return { scope: createScope(build, createRandom(1, "layers")), x: build.input("x", shape) };
}

/** What a layer gives for these numbers. */
async function run({ build }: Scope, y: Value, x: Parameters<typeof float32>): Promise<number[]> {
  build.output(y, "y");
  const session = await createSession(build.build(), { threads: 1 });
  try {
    return numbersOf((await session.run({ x: float32(...x) })).y!);
  } finally {
    await session.dispose();
  }
}

test("a convolution keeps the map at stride 1, halves it rounded up at stride 2, and names its kernels", () => {
  for (const [height, width] of [
    [8, 8],
    [7, 5],
    [1, 1],
  ] as const) {
    for (const kernel of [1, 3, 5]) {
      const { scope, x } = start([2, 4, height, width]);
      assert.deepEqual(convolution(inside(scope, "a"), x, { filters: 6, kernel }).shape, [2, 6, height, width]);
      const halved = convolution(inside(scope, "b"), x, { filters: 6, kernel, stride: 2 });
      assert.deepEqual(halved.shape, [2, 6, Math.ceil(height / 2), Math.ceil(width / 2)]);
      assert.deepEqual(scope.parameters, [
        { name: "a.weight", role: "hidden" },
        { name: "b.weight", role: "hidden" },
      ]);
    }
  }
});

test("kernels that see one channel of their group are edge weights, unless told", () => {
  const { scope, x } = start([1, 4, 8, 8]);
  convolution(inside(scope, "depthwise"), x, { filters: 4, group: 4 });
  convolution(inside(scope, "told"), x, { filters: 4, role: "edge" });
  convolution(inside(scope, "grouped"), x, { filters: 4, group: 2 });
  assert.deepEqual(
    scope.parameters.map(({ role }) => role),
    ["edge", "edge", "hidden"],
  );
  assert.deepEqual(scope.build.value("depthwise.weight").shape, [4, 1, 3, 3]);
  assert.deepEqual(scope.build.value("grouped.weight").shape, [4, 2, 3, 3]);
});

// sqrt(2 / (out / groups * 9)) by hand; of n numbers the deviation is known to 1 / sqrt(2 n), here 0.7 %: four of that.
test("fresh kernels have He's deviation by fan-out", () => {
  for (const { shape, group, deviation } of [
    { shape: [64, 32, 3, 3], group: 1, deviation: Math.sqrt(2 / 576) },
    { shape: [64, 32, 3, 3], group: 2, deviation: Math.sqrt(2 / 288) },
  ]) {
    const values = numbersOf(heNormal(createRandom(3), shape, { group }));
    const measured = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    assert.ok(Math.abs(measured / deviation - 1) < 0.03, `${measured}, expected ${deviation}`);
    assert.ok(
      Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length) <
        4 * (deviation / Math.sqrt(values.length)),
    );
  }
});

test("random numbers of a place depend on its name, not on what was built before it", () => {
  const weights = (names: readonly string[]) => {
    const { scope, x } = start([1, 2, 4, 4]);
    for (const name of names) convolution(inside(scope, name), x, { filters: 2 });
    return numbersOf(scope.build.build().initializers.get("b.weight")!);
  };
  assert.deepEqual(weights(["a", "b"]), weights(["b"]));
  assert.notDeepEqual(
    weights(["b"]),
    (() => {
      const { scope, x } = start([1, 2, 4, 4]);
      convolution(inside(scope, "a"), x, { filters: 2 });
      return numbersOf(scope.build.build().initializers.get("a.weight")!);
    })(),
  );
});

test("a block without activation and with scale 0 is 0; with ReLU nothing is negative", async () => {
  const data = Array.from({ length: 32 }, (_, index) => Math.sin(index));
  const still = start([1, 2, 4, 4]);
  const zero = convolutionBlock(inside(still.scope, "a"), still.x, { filters: 3, activation: "none", scale: 0 });
  assert.deepEqual((await run(still.scope, zero, [[1, 2, 4, 4], data])).map(Math.abs), new Array(48).fill(0));
  const active = start([1, 2, 4, 4]);
  const values = await run(active.scope, convolutionBlock(inside(active.scope, "a"), active.x, { filters: 3 }), [
    [1, 2, 4, 4],
    data,
  ]);
  assert.ok(values.every((value) => value >= 0) && values.some((value) => value > 0));
});

// By hand: pictures (0, 0, 2, 2) and (5, 5, 5, 5); means 1 and 5, deviations 1 and 0.
test("standardize centres and scales each picture by itself and leaves an even one at 0", async () => {
  const { scope, x } = start([2, 1, 2, 2]);
  const values = await run(scope, standardize(scope, x, { floor: 1 }), [
    [2, 1, 2, 2],
    [0, 0, 2, 2, 5, 5, 5, 5],
  ]);
  assert.deepEqual(values, [-0.5, -0.5, 0.5, 0.5, 0, 0, 0, 0]);
  assert.deepEqual(scope.parameters, []);
});

test("a fresh linear output is even, a fresh output convolution lies near its bias", async () => {
  const linear = start([2, 3]);
  const logits = outputLinear(inside(linear.scope, "head"), linear.x, { outputs: 4 });
  assert.deepEqual(
    (
      await run(linear.scope, logits, [
        [2, 3],
        [1, -2, 3, 4, 5, 6],
      ])
    ).map(Math.abs),
    new Array(8).fill(0),
  );
  const map = start([1, 3, 2, 2]);
  const scores = outputConvolution(inside(map.scope, "head"), map.x, { filters: 2, bias: [-4, 1] });
  const values = await run(map.scope, scores, [[1, 3, 2, 2], new Array(12).fill(1)]);
  // the sum of three numbers of deviation 0.01
  values.forEach((value, index) => {
    assert.ok(Math.abs(value - (index < 4 ? -4 : 1)) < 0.1, `${value}`);
  });
  assert.deepEqual(
    [...linear.scope.parameters, ...map.scope.parameters].map(({ role }) => role),
    ["edge", "vector", "edge", "vector"],
  );
});
