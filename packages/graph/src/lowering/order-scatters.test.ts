import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createSession, elementsOf, runGraph, seededRandom } from "../contract.test.support.ts";
import { appendGradient } from "../gradients/gradient.ts";
import { attribute } from "../ir/attributes.ts";
import { sizeOf } from "../ir/shapes.ts";
import { filled, float32, int64 } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import type { ScatterReduction } from "../ops/ordered-scatter.ts";
import { portableTarget } from "./form.ts";
import { lower } from "./lower.ts";

const PLACES = 64;
const TIMES = 33_333;

/** Every place named 33,333 times, in turn: with four threads, onnxruntime's own ScatterND loses up to four of five such additions. */
const collisions = int64(
  Array.from({ length: PLACES * TIMES }, (_, index) => index % PLACES),
  [PLACES * TIMES, 1],
);

test("the gradient of GatherND loses no addition with four threads", async () => {
  const build = createBuilder();
  const x = build.input("x", [PLACES]);
  const loss = build.reduceSum(build.gatherND(x, build.constant(collisions)), { keepDims: false });
  build.output(appendGradient(build, { loss: loss.name, parameters: ["x"] }).get("x")!, "dx");
  const session = await createSession(lower(build.build(), portableTarget), { threads: 4 });
  for (let run = 0; run < 3; run++) {
    const { dx } = await session.run({ x: float32([PLACES]) });
    assert.deepEqual([...elementsOf(dx!)], new Array(PLACES).fill(TIMES));
  }
  await session.dispose();
});

test("a model's own ScatterND with a reduction loses no addition with four threads, once it is lowered", async () => {
  const build = createBuilder();
  const updates = build.expand(build.input("one", [1]), [PLACES * TIMES]);
  build.output(
    build.scatterND(build.constant(filled([PLACES], 1)), build.constant(collisions), updates, { reduction: "add" }),
    "y",
  );
  const lowered = lower(build.build(), portableTarget);
  assert.ok(lowered.nodes.every(({ op }) => op !== "ScatterND"));
  const session = await createSession(lowered, { threads: 4 });
  for (let run = 0; run < 3; run++) {
    const { y } = await session.run({ one: float32([1], [1]) });
    assert.deepEqual([...elementsOf(y!)], new Array(PLACES).fill(TIMES + 1));
  }
  await session.dispose();
});

/** ScatterND as the ONNX specification writes it, in double precision. */
function scattered(
  x: Float32Array,
  shape: readonly number[],
  tuples: readonly (readonly number[])[],
  updates: Float32Array,
  reduction: ScatterReduction,
): number[] {
  const combine = {
    add: (a: number, b: number) => a + b,
    mul: (a: number, b: number) => a * b,
    min: Math.min,
    max: Math.max,
  };
  const result = [...x];
  const depth = tuples[0]!.length;
  const slice = sizeOf(shape.slice(depth));
  tuples.forEach((tuple, place) => {
    const row = tuple.reduce((sum, index, axis) => sum * shape[axis]! + (index < 0 ? index + shape[axis]! : index), 0);
    for (let element = 0; element < slice; element++) {
      const at = row * slice + element;
      result[at] = combine[reduction](result[at]!, updates[place * slice + element]!);
    }
  });
  return result;
}

test("the rewritten form is ScatterND: any shape, depth of the tuples, sign of the indices and reduction", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom<ScatterReduction>("add", "mul", "min", "max"),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, drawn, count, reduction, seed) => {
        const random = seededRandom(seed);
        const depth = 1 + (drawn % shape.length);
        const tuples = Array.from({ length: count }, () =>
          shape.slice(0, depth).map((extent) => random.integer(-extent, extent - 1)),
        );
        const x = random.tensor(shape);
        const updates = random.tensor([count, ...shape.slice(depth)]);
        const build = createBuilder();
        const y = build.node(
          "ScatterND",
          [
            build.input("x", shape),
            build.constant(int64(tuples.flat(), [count, depth])),
            build.input("updates", updates.shape),
          ],
          { attributes: { reduction: attribute.string(reduction) } },
        );
        build.output(y, "y");
        const lowered = lower(build.build(), portableTarget);
        assert.ok(lowered.nodes.every(({ op }) => op !== "ScatterND"));
        const received = elementsOf((await runGraph(lowered, { x, updates })).y!);
        const expected = scattered(elementsOf(x), shape, tuples, elementsOf(updates), reduction);
        received.forEach((value, index) => {
          assert.ok(
            Math.abs(value - expected[index]!) <= 1e-5,
            `element ${index}: ${value}, expected ${expected[index]}`,
          );
        });
      },
    ),
    { numRuns: 60, seed: 20260101 },
  );
});

test("what scatters without a reduction, or with open shapes, stays as it is", () => {
  const build = createBuilder();
  const x = build.input("x", ["N", 2]);
  const fixed = build.input("fixed", [3, 2]);
  const row = build.constant(int64([1], [1, 1]));
  build.output(build.scatterND(x, row, build.input("u", [1, 2]), { reduction: "add" }), "open");
  build.output(build.scatterND(fixed, row, build.input("v", [1, 2])), "replaced");
  const operators = lower(build.build(), portableTarget).nodes.map(({ op }) => op);
  assert.deepEqual(operators, ["ScatterND", "ScatterND"]);
});
