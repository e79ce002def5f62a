import assert from "node:assert/strict";
import { test } from "node:test";
import { createSession, elementsOf, type Feeds, lower, seededRandom, targetsHere } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Attributes, Graph, Tensor } from "../ir/types.ts";
import { type Build, createBuilder, operatorKey } from "../ops/build.ts";
import { CURRENT_OPSET } from "../passes/upgrade-opset.ts";
import { caseOpsets, gradientCases } from "./cases.test.support.ts";
import type { Case } from "./family.test.support.ts";
import { appendGradient } from "./gradient.ts";
import { gradientRules } from "./table.ts";

const SEED = 20260101;

/** A power of two, so that x + step and x - step are exact; the cases keep twice as far from kinks and ties. */
const STEP = 2 ** -7;

/**
 * Central differences are off by step^2 / 6 times the third derivative (1e-5 times at most about 20 for the drawn numbers) and by the
 * rounding of float32 outputs over the step (6e-8 times their size times the root of their number, over 8e-3: below 1e-4).
 */
const TOLERANCE = 2e-3;

const targets = await targetsHere();

for (const [op, family] of Object.entries(gradientCases)) {
  test(`${op}: gradients equal central differences (seed ${SEED})`, async () => {
    const cases = family(seededRandom(SEED));
    assert.ok(cases.length > 0, `${op} has no case`);
    const forward = createBuilder({ opset: caseOpsets[op] ?? CURRENT_OPSET });
    const feeds: Record<string, Tensor> = {};
    const outputs = cases.map((drawn, index) => addCase(forward, drawn, index, feeds));
    const graph = forward.build();
    const occurrences = graph.nodes.filter((node) => operatorKey(node) === op).length;
    assert.ok(
      occurrences >= cases.length,
      `the cases of ${op} hold it ${occurrences} times, expected ${cases.length} at least`,
    );

    const random = seededRandom(SEED + 1);
    const weights = outputs.map((values) => values.map((value) => random.tensor(value.shape as number[], -1, 1)));
    const expected = await differences(lower(graph, targets.portable), cases, outputs, weights, feeds);
    for (const [name, target] of Object.entries(targets)) {
      const received = await analytic(graph, cases, outputs, weights, feeds, (found) => lower(found, target));
      cases.forEach(({ label }, index) => {
        compare(received[index]!, expected[index]!, `${op}, ${label}, target ${name}`);
      });
    }
  });
}

test("every rule of the table has cases", () => {
  assert.deepEqual(Object.keys(gradientCases).sort(), Object.keys(gradientRules).sort());
});

const inputName = (index: number, input: number): string => `case${index}/input${input}`;

function addCase(
  build: Build,
  { inputs, output }: Case,
  index: number,
  feeds: Record<string, Tensor>,
): readonly Value[] {
  const values = inputs.map((tensor, input) => {
    feeds[inputName(index, input)] = tensor;
    return build.input(inputName(index, input), tensor.shape);
  });
  const made = output(build, values);
  const results = Array.isArray(made) ? (made as readonly Value[]) : [made as Value];
  return results.map((value, position) => build.output(value, `case${index}/output${position}`));
}

/** Gradients of sum(weights * outputs) by every element of every case's inputs, all cases at once, one element of each a run. */
async function differences(
  graph: Graph,
  cases: readonly Case[],
  outputs: readonly (readonly Value[])[],
  weights: readonly (readonly Tensor[])[],
  feeds: Feeds,
): Promise<readonly number[][]> {
  const session = await createSession(graph, { threads: 1 });
  const places = cases.map(({ inputs }, index) =>
    inputs.flatMap(({ data }, input) =>
      Array.from(data as Float32Array, (_, element) => ({ name: inputName(index, input), element })),
    ),
  );
  const gradients: number[][] = cases.map(() => []);
  const lossesAfter = async (run: number, step: number): Promise<readonly number[]> => {
    const moved: Record<string, Tensor> = { ...feeds };
    for (const own of places) {
      const place = own[run];
      if (!place) continue;
      const data = elementsOf(feeds[place.name]!).slice();
      data[place.element]! += step;
      moved[place.name] = { ...feeds[place.name]!, data };
    }
    const results = await session.run(moved);
    return outputs.map((values, index) => weightedSum(values, weights[index]!, results));
  };
  for (let run = 0; run < Math.max(...places.map(({ length }) => length)); run++) {
    const [above, below] = await Promise.all([lossesAfter(run, STEP), lossesAfter(run, -STEP)]);
    places.forEach((own, index) => {
      if (run < own.length) gradients[index]!.push((above[index]! - below[index]!) / (2 * STEP));
    });
  }
  await session.dispose();
  return gradients;
}

/** In double precision, so that only the outputs themselves are rounded. */
const weightedSum = (values: readonly Value[], weights: readonly Tensor[], results: Feeds): number =>
  values.reduce((total, { name }, position) => {
    const weight = elementsOf(weights[position]!);
    return total + elementsOf(results[name]!).reduce((sum, element, index) => sum + element * weight[index]!, 0);
  }, 0);

async function analytic(
  graph: Graph,
  cases: readonly Case[],
  outputs: readonly (readonly Value[])[],
  weights: readonly (readonly Tensor[])[],
  feeds: Feeds,
  lowered: (graph: Graph) => Graph,
): Promise<readonly number[][]> {
  const build = createBuilder({ from: { ...graph, outputs: [] } });
  const sums = outputs.flatMap((values, index) =>
    values.map((value, position) => {
      const product = build.mul(build.value(value.name), build.constant(weights[index]![position]!));
      return build.reduceSum(build.reshape(product, [sizeOf(value.shape as number[])]), { axes: [0], keepDims: false });
    }),
  );
  const loss = sums.reduce((total, sum) => build.add(total, sum));
  const names = cases.flatMap(({ inputs }, index) => inputs.map((_, input) => inputName(index, input)));
  for (const [name, value] of appendGradient(build, { loss: loss.name, parameters: names })) {
    assert.deepEqual(value.shape, feeds[name]!.shape, `shape of the gradient by ${name}`);
    build.output(value, `gradient/${name}`);
  }
  const session = await createSession(lowered(build.build()), { threads: 1 });
  const results = await session.run(feeds);
  await session.dispose();
  return cases.map(({ inputs }, index) =>
    inputs.flatMap((_, input) => [...elementsOf(results[`gradient/${inputName(index, input)}`]!)]),
  );
}

function compare(received: readonly number[], expected: readonly number[], where: string): void {
  assert.equal(received.length, expected.length, where);
  const size = Math.max(1, ...expected.map(Math.abs));
  received.forEach((value, element) => {
    const gap = Math.abs(value - expected[element]!);
    assert.ok(
      gap <= TOLERANCE * size,
      `${where}: element ${element} is ${value}, differences give ${expected[element]}`,
    );
  });
}

const resized = (build: Build, x: Value, attributes: Attributes): Value =>
  build.node("Resize", [x, build.constant(float32([8])), undefined, build.integers([1, 2, 3, 3])], {
    attributes: { mode: attribute.string("linear"), ...attributes },
  });

const pooledRegion = (build: Build, x: Value, regions: Value, mode: string): Value =>
  build.node("RoiAlign", [x, regions, build.integers([0])], { attributes: { mode: attribute.string(mode) } });

/** The first row of the first channel. */
const firstRow = { axes: [1, 2], starts: [0, 0], ends: [1, 1] };

test("a kind of an operator without a gradient is an error that says so", () => {
  const unsupported: Readonly<Record<string, (build: Build, x: Value) => Value>> = {
    "an exponent that depends on a parameter": (build, x) => build.pow(build.scalar(2), x),
    "a border that repeats the map": (build, x) => build.pad(x, [0, 0, 1, 1, 0, 0, 1, 1], { mode: "edge" }),
    "a convolution over more than three axes": (build, x) =>
      build.conv(build.reshape(x, [1, 2, 1, 1, 4, 4]), build.constant(float32([1, 2, 1, 1, 1, 1]))),
    "windows over more than three axes": (build, x) =>
      build.maxPool(build.reshape(x, [1, 2, 1, 1, 4, 4]), { kernel: [1, 1, 2, 2] }),
    "a resizing with antialias": (build, x) => resized(build, x, { antialias: attribute.int(1) }),
    "a resizing by tf_crop_and_resize": (build, x) =>
      resized(build, x, { coordinate_transformation_mode: attribute.string("tf_crop_and_resize") }),
    "the mode max": (build, x) => pooledRegion(build, x, build.constant(float32([1, 4])), "max"),
    "the regions": (build, x) => pooledRegion(build, x, build.reshape(build.slice(x, firstRow), [1, 4]), "avg"),
    "a sampling_ratio of 0": (build, x) => pooledRegion(build, x, build.neg(build.constant(float32([1, 4]))), "avg"),
  };
  for (const [feature, output] of Object.entries(unsupported)) {
    const build = createBuilder();
    const loss = build.reduceSum(output(build, build.input("x", [1, 2, 4, 4])), { keepDims: false });
    assert.throws(() => appendGradient(build, { loss: loss.name, parameters: ["x"] }), {
      code: "graph/gradient-unsupported",
      message: new RegExp(feature),
    });
  }
});

test("no path to the loss, and no rule on the path, are errors that name the place", () => {
  const build = createBuilder();
  const x = build.input("x", [2]);
  build.input("unused", [2]);
  const loss = build.reduceSum(
    build.node("Upsample", [build.reshape(x, [1, 1, 1, 2]), build.constant(float32([4], [1, 1, 2, 2]))], {
      name: "the copy",
    }),
    { keepDims: false },
  );
  assert.throws(() => appendGradient(build, { loss: loss.name, parameters: ["x"] }), {
    code: "graph/no-gradient-rule",
    message: /the copy.*Upsample/,
  });
  const other = build.reduceSum(x, { keepDims: false });
  assert.throws(() => appendGradient(build, { loss: other.name, parameters: ["unused"] }), {
    code: "graph/no-path-to-loss",
    message: /unused/,
  });
});

test("no gradient flows through a comparison, a rounding or StopGradient", async () => {
  const build = createBuilder();
  const x = build.input("x", [3]);
  const mask = build.cast(build.greater(x, 0), "float32");
  const stopped = build.stopGradient(build.mul(x, x));
  const loss = build.reduceSum(build.mul(build.mul(x, mask), stopped), { keepDims: false });
  build.output(appendGradient(build, { loss: loss.name, parameters: ["x"] }).get("x")!, "dx");
  const session = await createSession(lower(build.build(), targets.portable));
  const { dx } = await session.run({ x: float32([3], [-2, 3, 0.5]) });
  await session.dispose();
  assert.deepEqual([...elementsOf(dx!)], [0, 9, 0.25]); // mask * x^2 alone
});

test("of equal pixels, GlobalMaxPool shares the gradient", async () => {
  const build = createBuilder();
  const x = build.input("x", [1, 2, 2, 2]);
  const loss = build.reduceSum(build.mul(build.globalMaxPool(x), 3), { keepDims: false });
  build.output(appendGradient(build, { loss: loss.name, parameters: ["x"] }).get("x")!, "dx");
  const session = await createSession(lower(build.build(), targets.portable));
  const { dx } = await session.run({ x: float32([1, 2, 2, 2], [5, 1, 5, 5, 2, 4, 3, 1]) });
  await session.dispose();
  assert.deepEqual([...elementsOf(dx!)], [1, 0, 1, 1, 0, 3, 0, 0]);
});

test("of equal elements, ReduceMax shares the gradient, Max and Min give it to the first", async () => {
  const build = createBuilder();
  const x = build.input("x", [4]);
  const y = build.input("y", [4]);
  const parts = [build.reduceMax(x), build.reduceSum(build.max(x, y)), build.reduceSum(build.min(x, y))];
  const losses = parts.map((part, index) => build.mul(part, 10 ** index));
  const loss = losses.reduce((total, part) => build.add(total, part));
  for (const [name, value] of appendGradient(build, { loss: loss.name, parameters: ["x", "y"] }))
    build.output(value, name === "x" ? "dx" : "dy");
  const session = await createSession(lower(build.build(), targets.portable));
  const { dx, dy } = await session.run({ x: float32([4], [3, 1, 3, 2]), y: float32([4], [3, 5, 0, 2]) });
  await session.dispose();
  assert.deepEqual([...elementsOf(dx!)], [0.5 + 110, 100, 0.5 + 10, 110]);
  assert.deepEqual([...elementsOf(dy!)], [0, 10, 100, 0]);
});
