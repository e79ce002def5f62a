import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, type Feeds, lower, portableTarget, runGraph } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32, int64 } from "../ir/tensors.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { appendGradient } from "./gradient.ts";

type Output = (build: Build, x: Value) => Value;

/** The gradient of the sum of an output by x [3, 3], appended to its graph. */
function differentiated(output: Output, opset = 21): { build: Build; dx: Value } {
  const build = createBuilder({ opset });
  const loss = build.reduceSum(output(build, build.input("x", [3, 3])), { keepDims: false });
  return { build, dx: appendGradient(build, { loss: loss.name, parameters: ["x"] }).get("x")! };
}

async function gradientOf(output: Output, x: readonly number[], feeds: Feeds = {}): Promise<number[]> {
  const { build, dx } = differentiated(output);
  build.output(dx, "dx");
  const results = await runGraph(lower(build.build(), portableTarget), { x: float32([3, 3], x), ...feeds });
  return [...elementsOf(results.dx!)];
}

const dropout = (build: Build, x: Value, mode: Value, outputCount = 1): Value =>
  build.nodeOutputs("Dropout", [x, build.scalar(0.25), mode], { outputCount, name: "drop" })[0]!;

const yes = (build: Build): Value => build.constant({ dtype: "bool", shape: [], data: Uint8Array.of(1) });

test("kinds of operators without a gradient are errors that say which", () => {
  const indices = (build: Build) => build.constant(int64([0, 1, 2, 0], [2, 2]));
  const refused: readonly (readonly [RegExp, Output, number?])[] = [
    [
      /reduction "mul"/,
      (build, x) =>
        build.node("ScatterElements", [x, indices(build), build.constant(float32([2, 2], [1, 2, 3, 4]))], {
          attributes: { reduction: attribute.string("mul") },
        }),
    ],
    [
      /reduction "max"/,
      (build, x) =>
        build.node("ScatterND", [x, indices(build), build.constant(float32([2], [1, 2]))], {
          attributes: { reduction: attribute.string("max") },
        }),
    ],
    [
      /a scale for each group/,
      (build, x) => {
        const one = build.constant(float32([1], [1]));
        return build.node("GroupNormalization", [x, one, one], { attributes: { num_groups: attribute.int(1) } });
      },
      18,
    ],
    [/"drop".*without the mask/, (build, x) => dropout(build, x, yes(build))],
    [/"drop".*computed/, (build, x) => dropout(build, x, build.input("mode", [], "bool"), 2)],
  ];
  for (const [message, output, opset] of refused)
    assert.throws(() => differentiated(output, opset), { code: "graph/gradient-unsupported", message });
});

test("a diagonal in an equation has no gradient; the way round that its error names has", async () => {
  assert.throws(() => differentiated((build, x) => build.einsum("ii->i", [x])), {
    code: "graph/einsum-diagonal",
    message: /letter i twice/,
    help: /"ij,ij->i"/,
  });
  const identity = float32([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const dx = await gradientOf(
    (build, x) => build.einsum("ij,ij->i", [x, build.constant(identity)]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.deepEqual(dx, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

test("equations that do not fit their inputs are errors that say why", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["ij,jk->ik", /2 terms for 1 inputs/],
    ["ijk->i", /names 3 axes of an input that has 2/],
    ["i...j...->i", /"i...j..." is not made of/],
    ["ij->k", /the output names "k"/],
    ["ij->ii", /names an axis twice/],
    ["i...->i", /the output has not/],
    ["ij->i->j", /"->" 2 times/],
  ];
  for (const [equation, message] of wrong)
    assert.throws(() => differentiated((build, x) => build.einsum(equation, [x])), {
      code: "graph/einsum-equation",
      message,
    });
});

test("dropping by the runtime's own mask: dx is mask / (1 - ratio)", async () => {
  const { build, dx } = differentiated((own, x) => {
    const [y, mask] = own.nodeOutputs("Dropout", [x, own.scalar(0.25), yes(own)], { outputCount: 2 });
    own.output(mask!, "mask");
    return y!;
  });
  build.output(dx, "dx");
  const results = await runGraph(lower(build.build(), portableTarget), { x: float32([3, 3]) });
  const kept = Array.from(results.mask!.data as Uint8Array, (element) => Math.fround(element / 0.75));
  assert.deepEqual([...elementsOf(results.dx!)], kept);
});

test("logarithms of sums where all is minus infinity give zeros, not NaN", async () => {
  const none = Number.NEGATIVE_INFINITY;
  const dx = await gradientOf(
    (build, x) => build.max(build.reduceLogSumExp(x, { axes: [1] }), -5),
    [none, none, none, 0, none, 0, 1, none, none],
  );
  assert.deepEqual(dx.slice(0, 3), [0, 0, 0]);
  dx.slice(3).forEach((element, index) => {
    assert.ok(Math.abs(element - [0.5, 0, 0.5, 1, 0, 0][index]!) < 1e-6);
  });
});

test("a value that stands at two places of an operator written in steps gets both gradients once", async () => {
  const random = [0.1, -0.3, 0.2, 0.4, 0.15, -0.25, 0.05, 0.3, -0.1];
  const output = (build: Build, first: Value, second: Value): Value => {
    const shape = (value: Value) => build.reshape(value, [1, 3, 3]);
    const w = build.constant(
      float32(
        [1, 12, 3],
        Array.from({ length: 36 }, (_, index) => Math.sin(index)),
      ),
    );
    const [, hidden] = build.lstm(shape(first), { w, r: w, initialHidden: shape(first), initialCell: shape(second) });
    return hidden;
  };
  // one value for all operands, against values of their own that are equal
  const shared = await gradientOf((build, x) => output(build, x, x), random);
  const apart = await gradientOf((build, x) => output(build, build.identity(x), build.mul(x, 1)), random);
  shared.forEach((element, index) => {
    assert.ok(Math.abs(element - apart[index]!) < 1e-6, `element ${index}: ${element} and ${apart[index]}`);
  });
});
