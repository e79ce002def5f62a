import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Build,
  createBuilder,
  createSession,
  float32,
  gradient,
  lower,
  numbersOf,
  portableTarget,
  type Value,
} from "@foveajs/graph";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { concordanceLoss } from "./concordance.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type Corners, overlap } from "./generalized-iou.ts";
import { maskedMean } from "./masked-mean.ts";
import { qualityFocal } from "./quality-focal.ts";
import { smoothL1 } from "./smooth-l1.ts";
import { wing } from "./wing.ts";

type Inputs = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
type Loss = (build: Build, inputs: Readonly<Record<string, Value>>) => Value;

interface Case {
  readonly name: string;
  readonly inputs: Inputs;
  readonly upstream: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly values: { readonly data: readonly number[] };
  readonly gradients: Inputs;
}

// torch 1.13 in float64: fixtures/make-losses.py
const cases: readonly Case[] = JSON.parse(readFileSync(new URL("../../fixtures/losses.json", import.meta.url), "utf8"));

const corners = (build: Build, boxes: Value): Corners =>
  [0, 1, 2, 3].map((index) =>
    build.reshape(build.slice(boxes, { axes: [1], starts: [index], ends: [index + 1] }), [boxes.shape[0] as number]),
  ) as unknown as Corners;
const overlapOf: (which: "iou" | "generalized") => Loss = (which) => (build, inputs) =>
  overlap(build, corners(build, inputs.a!), corners(build, inputs.b!))[which];

const losses: Readonly<Record<string, Loss>> = {
  "cross-entropy": (build, { logits, targets }) => crossEntropy(build, logits!, targets!),
  "quality focal": (build, { logits, quality }) => qualityFocal(build, logits!, quality!),
  "masked mean": (build, { values, weights }) => maskedMean(build, values!, weights!),
  overlap: overlapOf("iou"),
  "generalized overlap": overlapOf("generalized"),
  "smooth L1": (build, { difference }) => smoothL1(build, difference!),
  "smooth L1, beta 0.25": (build, { difference }) => smoothL1(build, difference!, { beta: 0.25 }),
  "binary cross-entropy": (build, { logits, targets }) => binaryCrossEntropy(build, logits!, targets!),
  "binary cross-entropy, weighted": (build, { logits, targets }) =>
    binaryCrossEntropy(build, logits!, targets!, build.constant(float32([1, 7], new Array(7).fill(3)))),
  wing: (build, { difference }) => wing(build, difference!, { width: 0.1, curvature: 0.02 }),
  concordance: (build, { predicted, targets, weights }) => concordanceLoss(build, predicted!, targets!, weights!),
};

/** Values of a loss and the gradients of sum(values * upstream) by the inputs of these names. */
async function evaluate(loss: Loss, inputs: Inputs, by: readonly string[], upstream?: Case["upstream"]) {
  const build = createBuilder();
  const values = loss(
    build,
    Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, build.input(name, shape)])),
  );
  build.output(values, "result");
  const weights = upstream ? build.constant(float32(upstream.shape, upstream.data)) : build.scalar(1);
  build.output(build.reduceSum(build.mul(values, weights), { keepDims: false }), "total");
  const session = await createSession(
    lower(gradient(build.build(), { loss: "total", parameters: by }), portableTarget),
    { threads: 1 },
  );
  try {
    const outputs = await session.run(
      Object.fromEntries(Object.entries(inputs).map(([name, { shape, data }]) => [name, float32(shape, data)])),
    );
    return {
      values: numbersOf(outputs.result!),
      gradients: Object.fromEntries(by.map((name) => [name, numbersOf(outputs[`gradient/${name}`]!)])),
    };
  } finally {
    await session.dispose();
  }
}

/** Float32 keeps seven digits; a dozen operations on numbers up to `size` lose one or two. */
function assertClose(received: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(received.length, expected.length, what);
  const size = Math.max(1, ...expected.map(Math.abs));
  received.forEach((value, index) => {
    assert.ok(
      Math.abs(value - expected[index]!) <= 2e-5 * size,
      `${what}[${index}]: ${value}, expected ${expected[index]}`,
    );
  });
}

for (const { name, inputs, upstream, values, gradients } of cases) {
  test(`${name}: values and gradients are torch's`, async () => {
    const received = await evaluate(
      (losses[name] ?? losses[name.split(",")[0]!])!,
      inputs,
      Object.keys(gradients),
      upstream,
    );
    assertClose(received.values, values.data, "values");
    for (const [by, { data }] of Object.entries(gradients))
      assertClose(received.gradients[by]!, data, `gradient by ${by}`);
  });
}

test("masked mean of nothing labelled is exactly 0, and so is its gradient", async () => {
  const inputs = { values: { shape: [3, 1], data: [4, -1e30, 2] }, weights: { shape: [3, 1], data: [0, 0, 0] } };
  const { values, gradients } = await evaluate(losses["masked mean"]!, inputs, ["values"]);
  assert.deepEqual(values, [0]);
  assert.deepEqual(gradients.values!.map(Math.abs), [0, 0, 0]);
});

// By hand: an empty box shares nothing; the hull of the second pair is 4 x 4, that of the third has no area.
test("empty boxes overlap by 0 and give finite numbers", async () => {
  const inputs = {
    a: { shape: [3, 4], data: [5, 5, 5, 5, 0, 0, 0, 0, 3, 3, 3, 3] },
    b: { shape: [3, 4], data: [0, 0, 10, 10, 4, 4, 4, 4, 3, 3, 3, 3] },
  };
  for (const [which, expected] of [
    ["iou", [0, 0, 0]],
    ["generalized", [0, -1, 0]],
  ] as const) {
    const { values, gradients } = await evaluate(overlapOf(which), inputs, ["a"]);
    assertClose(values, expected, which);
    assert.ok(gradients.a!.every(Number.isFinite), `${which}: ${gradients.a}`);
  }
});

// A box that misses its target must still be drawn to it: that is what the generalized overlap is for.
test("disjoint boxes: the overlap has no gradient, the generalized one points to the target", async () => {
  const inputs = { a: { shape: [1, 4], data: [0, 0, 4, 4] }, b: { shape: [1, 4], data: [10, 1, 14, 5] } };
  const plain = await evaluate(overlapOf("iou"), inputs, ["a"]);
  assert.deepEqual(plain.gradients.a!.map(Math.abs), [0, 0, 0, 0]);
  const { a } = (await evaluate(overlapOf("generalized"), inputs, ["a"])).gradients;
  assert.ok(a![0]! + a![2]! > 0, `moving right must raise it: ${a}`);
});

test("the largest overlap is that of equal boxes, 1 both ways", async () => {
  const inputs = { a: { shape: [1, 4], data: [2, 3, 20, 9] }, b: { shape: [1, 4], data: [2, 3, 20, 9] } };
  for (const which of ["iou", "generalized"] as const)
    assertClose((await evaluate(overlapOf(which), inputs, ["a"])).values, [1], which);
});

test("a quality takes no gradient: the score follows the box, not the box the score", async () => {
  const inputs = { logits: { shape: [2], data: [0.3, -1] }, quality: { shape: [2], data: [0.5, 0] } };
  await assert.rejects(evaluate(losses["quality focal"]!, inputs, ["quality"]), { code: "graph/no-path-to-loss" });
});
