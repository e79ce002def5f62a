import assert from "node:assert/strict";
import { test } from "node:test";
import { createBuilder, createSession, float32, numbersOf } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { fivePointsOf68 } from "../data/five-points.ts";
import type { Affine } from "../image/affine.ts";
import type { Point } from "../image/image.ts";
import { createScope } from "../layers/scope.ts";
import { fiveOf, landmarks, landmarksSchema, pointsOf } from "./landmarks.ts";
import { lossOf } from "./task.test.support.ts";

const five = landmarksSchema.parse({ kind: "landmarks", name: "points", scheme: "five", features: 4 });
const all = landmarksSchema.parse({ kind: "landmarks", name: "points", scheme: "ibug68", features: 4 });
const size = { width: 20, height: 10 };
const label = (points: readonly Point[]) => ({ kind: "points", points }) as const;
const spread = (count: number): Point[] => Array.from({ length: count }, (_, i) => [(i * 7) % 20, (i * 3) % 10]);

test("the output has x and y of every point, at any batch and also at odd sizes of the maps", async () => {
  for (const [rows, columns] of [
    [4, 4],
    [5, 7],
  ] as const) {
    const build = createBuilder();
    const scope = createScope(build, createRandom(1));
    const maps = [
      build.input("fine", ["N", 6, rows, columns]),
      build.input("coarse", ["N", 8, Math.ceil(rows / 2), Math.ceil(columns / 2)]),
    ];
    const [output, ...others] = landmarks.head(scope, maps, all);
    assert.deepEqual([output!.name, output!.value.shape, others], ["points", ["N", 136], []]);
    build.output(output!.value, "points");
    const session = await createSession(build.build(), { threads: 1 });
    const zeros = (channels: number, r: number, c: number) =>
      float32([3, channels, r, c], new Array(3 * channels * r * c).fill(0));
    const { points } = await session.run({
      fine: zeros(6, rows, columns),
      coarse: zeros(8, Math.ceil(rows / 2), Math.ceil(columns / 2)),
    });
    await session.dispose();
    // even maps: the mean of a grid that is symmetric about the middle
    for (const value of numbersOf(points!)) assert.ok(Math.abs(value - 0.5) < 1e-6, `${value}`);
  }
});

test("targets are shares of the input; five points stand behind the scheme's own, every sample weighs 1", () => {
  const whole = spread(68);
  const [target, weight] = landmarks.encode(label(whole), all, size);
  whole.forEach(([x, y], i) => {
    assert.ok(Math.abs(target![2 * i]! - x / 20) < 1e-6 && Math.abs(target![2 * i + 1]! - y / 10) < 1e-6);
  });
  const [partTarget, partWeight] = landmarks.encode(label(spread(5)), all, size);
  assert.deepEqual(Array.from(partWeight!.subarray(0, 136)), new Array(136).fill(0));
  assert.ok(Math.abs(partTarget![136 + 2]! - 7 / 20) < 1e-6);
  const missing = landmarks.encode(label([[Number.NaN, 3], ...spread(4)]), five, size);
  assert.deepEqual([missing[0]![0], missing[1]![0], missing[1]![1]], [0, 0, 0]);
  for (const weights of [weight!, partWeight!, missing[1]!])
    assert.ok(Math.abs(weights.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
  assert.deepEqual(
    landmarks.encode(undefined, all, size).map((tensor) => tensor.some((value) => value !== 0)),
    [false, false],
  );
  assert.throws(() => landmarks.encode(label(spread(7)), all, size), {
    code: "vision/label-points",
    message: /68 points, or 5, received 7/,
  });
});

test("in a mirrored picture left and right change places and points move along", () => {
  const mirror: Affine = [-1, 0, 20, 0, 1, 0];
  const points = spread(5);
  const placed = landmarks.place!(label(points), all, { toInput: mirror, isMirrored: true });
  assert.deepEqual(placed.points, [
    [20 - points[1]![0], points[1]![1]],
    [20 - points[0]![0], points[0]![1]],
    [20 - points[2]![0], points[2]![1]],
    [20 - points[4]![0], points[4]![1]],
    [20 - points[3]![0], points[3]![1]],
  ]);
  const whole = landmarks.place!(label(spread(68)), all, { toInput: mirror, isMirrored: true }).points;
  assert.deepEqual(whole[0], [20 - spread(68)[16]![0], spread(68)[16]![1]]);
  const still = landmarks.place!(label(points), all, { toInput: [2, 0, 1, 0, 2, 3], isMirrored: false }).points;
  assert.deepEqual(still[1], [2 * points[1]![0] + 1, 2 * points[1]![1] + 3]);
});

// By hand: in halves of the input, 0.1 is beyond beta 0.02 (0.1 - 0.01) and 0.01 within (0.01^2 / 0.04); 10 coordinates.
test("the loss is the mean over a sample's labelled coordinates, and over the labelled samples", async () => {
  const points = spread(5);
  const output = points.flatMap(([x, y], i) => [x / 20 + (i === 0 ? 0.05 : 0), y / 10 + (i === 1 ? 0.005 : 0)]);
  const outputs = [float32([2, 10], [...output, ...new Array(10).fill(9)])];
  const { loss, gradients } = await lossOf({
    task: landmarks,
    spec: five,
    size,
    outputs,
    labels: [label(points), undefined],
  });
  // the five points of scheme five are also its derived ones, which this label leaves alone
  assert.ok(Math.abs(loss - (0.09 + 0.0025) / 10) < 1e-5, `${loss}`);
  assert.ok(gradients[0]!.slice(10).every((value) => value === 0));
  assert.ok(Math.abs(gradients[0]![0]! - 2 / 10) < 1e-5);
});

// By hand: in halves of the input the distances 0.1 and 0.01, over 10 coordinates; the gradient does not shrink near 0.
test("the loss by plain distance", async () => {
  const points = spread(5);
  const output = points.flatMap(([x, y], i) => [x / 20 + (i === 0 ? 0.05 : 0), y / 10 + (i === 1 ? 0.005 : 0)]);
  const { loss, gradients } = await lossOf({
    task: landmarks,
    spec: landmarksSchema.parse({ ...five, loss: "l1" }),
    size,
    outputs: [float32([1, 10], output)],
    labels: [label(points)],
  });
  assert.ok(Math.abs(loss - (0.1 + 0.01) / 10) < 1e-6, `${loss}`);
  for (const coordinate of [0, 3]) assert.ok(Math.abs(gradients[0]![coordinate]! - 2 / 10) < 1e-5);
});

test("five points teach the means that stand for them: each eye pulls on its six points alike", async () => {
  const points = spread(68);
  const output = points.flatMap(([x, y]) => [x / 20, y / 10]);
  const moved = fivePointsOf68(points).map(([x, y], i): Point => (i === 0 ? [x + 2, y] : [x, y]));
  const { loss, gradients } = await lossOf({
    task: landmarks,
    spec: all,
    size,
    outputs: [float32([1, 136], output)],
    labels: [label(moved)],
  });
  assert.ok(Math.abs(loss - (0.2 - 0.01) / 10) < 1e-5, `${loss}`);
  gradients[0]!.forEach((value, i) => {
    const isPulled = i % 2 === 0 && i >= 72 && i < 84; // x of points 36 to 41
    assert.ok(Math.abs(value - (isPulled ? -2 / 10 / 6 : 0)) < 1e-5, `coordinate ${i}: ${value}`);
  });
});

test("points of an output in pixels, and the five of them", () => {
  assert.deepEqual(pointsOf([0.5, 0.25, 1, 0], { width: 20, height: 8 }), [
    [10, 2],
    [20, 0],
  ]);
  const points = spread(68);
  assert.deepEqual(
    fiveOf(points, "ibug68"),
    fivePointsOf68(points).map((point) => [...point]),
  );
});

test("points of a teacher with five by hand: both teach, and the sample still weighs 1", () => {
  const five68 = spread(5);
  const placed = landmarks.place!({ ...label(spread(68)), five: five68 }, all, {
    toInput: [-1, 0, 20, 0, 1, 0],
    isMirrored: true,
  });
  assert.deepEqual(placed.five?.[0], [20 - five68[1]![0], five68[1]![1]]);
  const [target, weight] = landmarks.encode({ ...label(spread(68)), five: five68 }, all, size);
  assert.ok(Math.abs(weight!.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
  assert.ok(Math.abs(weight!.subarray(0, 136).reduce((sum, value) => sum + value, 0) - 0.5) < 1e-5);
  assert.ok(Math.abs(target![136 + 2]! - 7 / 20) < 1e-6);
});
