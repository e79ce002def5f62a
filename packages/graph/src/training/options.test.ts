import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { elementsOf, relativeError, seededRandom } from "../contract.test.support.ts";
import { float32 } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { adamW } from "../optimizers/adamw.ts";
import { sgd } from "../optimizers/sgd.ts";
import { batchOf, fixture, stepOf, trained, weightNames } from "./small-net.test.support.ts";
import { createTrainingStep, type StepOptions } from "./step.ts";

/** Single precision over three updates of a net without normalisation: a few roundings of 6e-8. */
const TOLERANCE = 3e-6;

const last = <Item>(items: readonly Item[]): Item => items.at(-1)!;

for (const { count, clip, norms, final } of fixture.accumulated) {
  test(`three updates of ${count} batches each equal PyTorch's, clipped at ${clip}`, async () => {
    const batches = Array.from({ length: 3 * count }, (_, index) => batchOf(index));
    const { told, states } = await trained(stepOf(4, { accumulate: count, clipNorm: clip }), batches);
    const completed = told.filter((_, index) => (index + 1) % count === 0).map(({ gradient_norm }) => gradient_norm!);
    assert.ok(relativeError(completed, norms) <= TOLERANCE, `norms ${completed}, expected ${norms}`);
    for (const name of weightNames) {
      const error = relativeError(last(states).get(`parameter/${name}`)!, final[name]!.data);
      assert.ok(error <= TOLERANCE, `${name} is off by ${error}`);
    }
    assert.deepEqual([...last(states).get("step")!], [3]);
  });
}

test("several batches make the update of one as large: any number, any optimizer, with clipping and an average", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), fc.boolean(), fc.boolean(), async (count, isAdam, isClipped) => {
      const optimizer = isAdam ? adamW() : sgd();
      const options: Partial<StepOptions> = {
        groups: [{ parameters: weightNames, optimizer, weightDecay: 0.01, rate: "rate" }],
        averageDecay: 0.9,
        ...(isClipped ? { clipNorm: 0.05 } : {}),
      };
      const updates = Math.floor(12 / count);
      const few = Array.from({ length: updates }, (_, update) => batchOf(update * count, count));
      const many = Array.from({ length: updates * count }, (_, index) => batchOf(index));
      const large = last((await trained(stepOf(4 * count, options), few)).states);
      const small = last((await trained(stepOf(4, { ...options, accumulate: count }), many)).states);
      for (const [slot, value] of large) {
        // AdamW divides by the root of a square that may be tiny: a rounding of the gradient moves a weight by as many digits
        const error = relativeError(small.get(slot)!, value);
        assert.ok(error <= (isAdam ? 2e-4 : 1e-5), `${slot} is off by ${error}`);
      }
    }),
    { numRuns: 8, seed: 20260101 },
  );
});

test("between two updates nothing moves but the sums, which start anew after the last", async () => {
  const step = stepOf(4, { accumulate: 3, averageDecay: 0.5 });
  const { states } = await trained(step, [batchOf(0), batchOf(1), batchOf(2)]);
  const isSum = (slot: string) => slot === "batches" || slot.startsWith("accumulated/");
  for (const [slot, first] of step.initial) {
    for (const state of states.slice(0, 2))
      assert.equal(relativeError(state.get(slot)!, first) === 0, !isSum(slot), slot);
    if (slot.startsWith("accumulated/")) assert.ok(states[2]!.get(slot)!.every((element) => element === 0));
    else assert.ok(relativeError(states[2]!.get(slot)!, first) > 0, slot);
  }
});

test("every batch of an update drops other elements", async () => {
  const build = createBuilder();
  const x = build.input("x", ["N", 400]);
  const w = build.constant(float32([1, 400], new Array(400).fill(1)), "w");
  const kept = build.node("Dropout", [build.mul(x, w), build.scalar(0.5)]);
  build.output(build.reduceSum(kept, { keepDims: false }), "loss");
  const step = createTrainingStep(build.build(), {
    loss: "loss",
    groups: [{ parameters: ["w"], optimizer: sgd({ momentum: 0, nesterov: false }), rate: "rate" }],
    batchInputs: ["x"],
    extents: { N: 1 },
    target: portableTarget,
    layout: "onnx",
    accumulate: 2,
    dropoutSeed: 1,
  });
  const ones = { x: float32([1, 400], new Array(400).fill(1)) };
  const { states } = await trained(step, [ones, ones]);
  const first = states[0]!.get("accumulated/w")!; // 0 or 2 by the first masks
  const both = states[1]!.get("parameter/w")!.map((element) => (1 - element) / fixture.rate); // means of both
  const second = both.map((element, index) => 2 * element - first[index]!);
  assert.ok(first.every((element) => element === 0 || element === 2));
  const differing = second.filter((element, index) => Math.abs(element - first[index]!) > 1).length;
  assert.ok(differing > 140 && differing < 260, `${differing} of 400 differ, about half expected`);
});

for (const { radius, norms, final } of fixture.sharp) {
  for (const layout of ["onnx", "batch-innermost"] as const) {
    test(`sharpness-aware steps equal those written with PyTorch, radius ${radius}, layout ${layout}`, async () => {
      const turned = ({ data, shape: [samples, width] }: Tensor): Tensor =>
        float32(
          [width!, samples!],
          Array.from({ length: samples! * width! }, (_, index) => {
            const [column, row] = [Math.floor(index / samples!), index % samples!];
            return (data as Float32Array)[row * width! + column]!;
          }),
        );
      const fed = [0, 1, 2].map((index) => {
        const { x, t } = batchOf(index);
        return layout === "onnx" ? { x, t } : { x: turned(x), t: turned(t) };
      });
      const { told, states } = await trained(stepOf(4, { sharpness: radius, layout }), fed);
      const received = told.map(({ gradient_norm }) => gradient_norm!);
      assert.ok(relativeError(received, norms) <= TOLERANCE, `norms ${received}, expected ${norms}`);
      for (const name of weightNames) {
        const error = relativeError(last(states).get(`parameter/${name}`)!, final[name]!.data);
        assert.ok(error <= TOLERANCE, `${name} is off by ${error}`);
      }
    });
  }
}

test("the sharp gradient of w^2 / 2 is (|w| + radius) w / |w|: any weights and radius", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      async (seed, radius) => {
        const random = seededRandom(seed);
        const weights = [random.tensor([3], 0.1, 1), random.tensor([2, 2], -1, -0.1)];
        const build = createBuilder();
        const x = build.input("x", ["N"]);
        const halves = weights.map((tensor, index) =>
          build.mul(build.reduceSumSquare(build.constant(tensor, `w${index}`), { keepDims: false }), 0.5),
        );
        build.output(
          build.add(build.add(halves[0]!, halves[1]!), build.mul(build.reduceSum(x, { keepDims: false }), 0)),
          "loss",
        );
        const step = createTrainingStep(build.build(), {
          loss: "loss",
          groups: [{ parameters: ["w0", "w1"], optimizer: sgd({ momentum: 0, nesterov: false }), rate: "rate" }],
          batchInputs: ["x"],
          extents: { N: 1 },
          target: portableTarget,
          layout: "onnx",
          sharpness: radius,
        });
        const { states } = await trained(step, [{ x: float32([1], [1]) }]);
        const all = weights.flatMap((tensor) => [...elementsOf(tensor)]);
        const norm = Math.hypot(...all);
        const moved = all.map((w) => w - fixture.rate * (norm + radius) * (w / norm));
        const received = ["w0", "w1"].flatMap((name) => [...states[0]!.get(`parameter/${name}`)!]);
        assert.ok(relativeError(received, moved) < 1e-6, `${received}, expected ${moved}`);
      },
    ),
    { numRuns: 10, seed: 20260101 },
  );
});

test("options go together: computing again changes no bit of accumulated, sharp, scaled and clipped steps", async () => {
  const options: Partial<StepOptions> = {
    accumulate: 2,
    sharpness: 0.1,
    lossScale: 1024,
    clipNorm: 0.5,
    averageDecay: 0.9,
  };
  const batches = [0, 1, 2, 3].map((index) => batchOf(index));
  const plain = await trained(stepOf(4, options), batches);
  for (const recompute of [["hidden"], 2, 3])
    assert.deepEqual(await trained(stepOf(4, { ...options, recompute }), batches), plain);
});

test("parts that no group trains cost no backward pass, and rates follow the factor of their group", async () => {
  const backward = (parameters: readonly string[]) =>
    stepOf(4, { groups: [{ parameters, optimizer: sgd(), rate: "rate" }] }).graph.nodes.filter(
      ({ op }) => op === "MatMul" || op === "Gemm",
    ).length;
  assert.equal(backward(["w2", "b2"]), 2 + 1); // two products forward, one for w2; none towards the hidden layer
  assert.equal(backward(weightNames), 2 + 3);
  const optimizer = sgd({ momentum: 0, nesterov: false });
  const groups = [
    { parameters: ["w1", "b1"], optimizer, rate: "rate", rateFactor: 0.25 },
    { parameters: ["w2", "b2"], optimizer, rate: "rate" },
  ];
  const [scaled, whole] = [
    stepOf(4, { groups }),
    stepOf(4, { groups: groups.map((group) => ({ ...group, rateFactor: 1 })) }),
  ];
  const [quarter, full] = [
    last((await trained(scaled, [batchOf(0)])).states),
    last((await trained(whole, [batchOf(0)])).states),
  ];
  const change = (state: ReadonlyMap<string, Float32Array>, name: string) =>
    state.get(`parameter/${name}`)!.map((element, index) => element - fixture.initial[name]!.data[index]!);
  for (const [name, factor] of [
    ["w1", 0.25],
    ["b1", 0.25],
    ["w2", 1],
    ["b2", 1],
  ] as const) {
    const expected = change(full, name).map((element) => factor * element);
    assert.ok(relativeError(change(quarter, name), expected) < 1e-3 && expected.some((element) => element !== 0), name);
  }
});

test("options that make no sense are errors that say so", () => {
  for (const accumulate of [0, -1, 1.5, Number.NaN])
    assert.throws(() => stepOf(4, { accumulate }), { code: "graph/step-option", message: /accumulate/ });
  for (const sharpness of [0, -1, Number.NaN])
    assert.throws(() => stepOf(4, { sharpness }), { code: "graph/step-option", message: /sharpness/ });
  for (const lossScale of [0, Number.POSITIVE_INFINITY, { initial: -2 }])
    assert.throws(() => stepOf(4, { lossScale }), { code: "graph/step-option", message: /lossScale/ });
});
