import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, relativeError, runGraph, seededRandom, targetsHere } from "../contract.test.support.ts";
import type { Value } from "../ir/builder.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { prune } from "../passes/prune.ts";
import { fasterOperators } from "./faster-operators.ts";
import { portableTarget } from "./form.ts";

const random = seededRandom(20261126);
const { probed } = await targetsHere();

interface Case {
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

function caseOf(shapes: readonly (readonly number[])[], make: (build: Build, ...inputs: Value[]) => Value): Case {
  const build = createBuilder();
  const feeds = Object.fromEntries(shapes.map((shape, index) => [`x${index}`, random.tensor(shape)]));
  const inputs = shapes.map((shape, index) => build.input(`x${index}`, shape));
  build.output(make(build, ...inputs), "y");
  return { graph: build.build(), feeds };
}

/** Operators that are left, after a check that they give what they gave. */
async function operatorsLeft({ graph, feeds }: Case, target = probed): Promise<string[]> {
  const faster = prune(fasterOperators(graph, target));
  const [received, expected] = [await runGraph(faster, feeds), await runGraph(graph, feeds)];
  assert.deepEqual(received.y!.shape, expected.y!.shape);
  const error = relativeError(elementsOf(received.y!), elementsOf(expected.y!));
  // another order of sums
  assert.ok(error < 1e-6, `off by ${error}`);
  return faster.nodes.map(({ op }) => op).filter((op) => op !== "Identity" && op !== "Neg");
}

const swapped = (build: Build, x: Value): Value =>
  build.transpose(x, [...x.shape.map((_, axis) => axis).slice(0, -2), x.shape.length - 1, x.shape.length - 2]);

test("products read the larger operand, and many small ones, as they lie", {
  skip: !probed.fusedMatMul && "no FusedMatMul here",
}, async () => {
  const larger = caseOf(
    [
      [7, 5],
      [7, 3],
    ],
    (build, a, b) => build.matMul(swapped(build, a), b),
  );
  assert.deepEqual(await operatorsLeft(larger), ["FusedMatMul"]);
  const smaller = caseOf(
    [
      [7, 3],
      [7, 5],
    ],
    (build, a, b) => build.matMul(swapped(build, a), b),
  );
  assert.deepEqual(await operatorsLeft(smaller), ["Transpose", "MatMul"]);
  const right = caseOf(
    [
      [4, 2, 5, 3],
      [4, 2, 6, 3],
    ],
    (build, a, b) => build.matMul(a, swapped(build, b)),
  );
  assert.deepEqual(await operatorsLeft(right), ["FusedMatMul"]);
  const both = caseOf(
    [
      [4, 3, 5],
      [4, 6, 3],
    ],
    (build, a, b) => build.matMul(swapped(build, a), swapped(build, b)),
  );
  assert.deepEqual(await operatorsLeft(both), ["Transpose", "FusedMatMul"]);
  assert.deepEqual(await operatorsLeft(larger, portableTarget), ["Transpose", "MatMul"]);
});

test("a copy that is read elsewhere, other permutations and vectors stay as they are", async () => {
  const shared = caseOf(
    [
      [7, 5],
      [7, 3],
    ],
    (build, a, b) => {
      const copy = swapped(build, a);
      return build.matMul(build.matMul(copy, b), build.transpose(build.matMul(copy, b), [1, 0]));
    },
  );
  assert.equal((await operatorsLeft(shared)).filter((op) => op === "Transpose").length, 2);
  const other = caseOf(
    [
      [3, 4, 5],
      [3, 4, 2],
    ],
    (build, a, b) =>
      build.matMul(build.transpose(a, [0, 2, 1]), build.transpose(build.transpose(b, [1, 0, 2]), [1, 0, 2])),
  );
  assert.ok((await operatorsLeft(other)).every((op) => op !== "Transpose" || !probed.fusedMatMul));
  const rolled = caseOf(
    [
      [4, 3, 5],
      [3, 4, 2],
    ],
    (build, a, b) => build.matMul(build.transpose(a, [1, 2, 0]), b),
  );
  assert.deepEqual(await operatorsLeft(rolled), ["Transpose", "MatMul"]);
  const vector = caseOf([[7, 5], [7]], (build, a, b) => build.matMul(swapped(build, a), b));
  assert.deepEqual(await operatorsLeft(vector), ["Transpose", "MatMul"]);
});

test("transpositions that undo each other are passed over, others are not", async () => {
  const undone = caseOf([[2, 3, 4]], (build, x) =>
    build.neg(build.transpose(build.transpose(x, [2, 0, 1]), [1, 2, 0])),
  );
  assert.deepEqual(await operatorsLeft(undone), []);
  const turned = caseOf([[2, 3, 4]], (build, x) =>
    build.neg(build.transpose(build.transpose(x, [2, 0, 1]), [2, 0, 1])),
  );
  assert.deepEqual(await operatorsLeft(turned), ["Transpose", "Transpose"]);
});

test("of several reshapes the last is left, and none to the same shape; what is fed is reshaped once", async () => {
  const chain = caseOf([[2, 6]], (build, x) => build.neg(build.reshape(build.reshape(build.neg(x), [3, -1]), [4, 3])));
  assert.deepEqual(await operatorsLeft(chain), ["Reshape"]);
  const back = caseOf([[2, 6]], (build, x) => build.neg(build.reshape(build.reshape(build.neg(x), [3, 4]), [2, 6])));
  assert.deepEqual(await operatorsLeft(back), []);
  const fed = caseOf([[2, 6]], (build, x) => {
    const view = build.reshape(x, [3, 4]);
    return build.add(build.reshape(view, [12]), build.reshape(build.neg(view), [12]));
  });
  const { graph } = fed;
  await operatorsLeft(fed);
  const direct = prune(fasterOperators(graph, probed)).nodes.filter(({ inputs }) => inputs[0] === "x0");
  assert.equal(direct.length, 1);
  const asOutput = caseOf([[2, 6]], (build, x) => build.reshape(build.reshape(build.neg(x), [3, 4]), [2, 6]));
  assert.equal((await operatorsLeft(asOutput)).length, 0);
});

test("sums over two leading axes take one after the other", async () => {
  for (const keepDims of [true, false]) {
    const leading = caseOf([[5, 4, 3]], (build, x) => build.neg(build.reduceSum(x, { axes: [0, 1], keepDims })));
    assert.deepEqual(await operatorsLeft(leading), ["ReduceSum", "ReduceSum"]);
    for (const axes of [[1, 2], [0, 2], [0]]) {
      const other = caseOf([[5, 4, 3]], (build, x) => build.neg(build.reduceSum(x, { axes, keepDims })));
      assert.deepEqual(await operatorsLeft(other), ["ReduceSum"]);
    }
  }
});
