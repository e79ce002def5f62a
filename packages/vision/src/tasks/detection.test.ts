import assert from "node:assert/strict";
import { test } from "node:test";
import { createBuilder, float32, type Tensor } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { createScope } from "../layers/scope.ts";
import { detection } from "./detection.ts";
import { channelsPerCell, type DetectionLabel, detectionSchema } from "./detection-spec.ts";
import { cells, faceIn, perfectOutputs, pointsIn, size, spec } from "./faces.test.support.ts";
import { lossOf } from "./task.test.support.ts";

const boxes = [
  { x: 20, y: 30, width: 18, height: 24 },
  { x: 120, y: 90, width: 70, height: 85 },
];
const label: DetectionLabel = {
  faces: boxes.map((box) => faceIn(box, pointsIn(box))),
  ignore: [{ x: 200, y: 0, width: 56, height: 56 }],
};
const channels = channelsPerCell(spec);

/** Outputs of all levels for samples of these values, [samples, channels, rows, columns] each. */
const outputsOf = (samples: readonly (readonly ArrayLike<number>[])[]): Tensor[] =>
  cells.levels.map(({ rows, columns }, level) =>
    float32(
      [samples.length, channels, rows, columns],
      samples.flatMap((sample) => Array.from(sample[level]!)),
    ),
  );

const noise = (seed: number): Float32Array[] => {
  const random = createRandom(seed);
  return cells.levels.map(({ rows, columns }) =>
    Float32Array.from({ length: channels * rows * columns }, () => random.normal(0, 0.3)),
  );
};

const perfect = () => perfectOutputs(detection.encode(label, spec, size)).map(({ data }) => data);

test("perfect outputs cost nothing", async () => {
  const { loss } = await lossOf({ task: detection, spec, size, outputs: outputsOf([perfect()]), labels: [label] });
  // float32 corners of some 200 pixels are known to 2e-5, of boxes of 18
  assert.ok(loss >= 0 && loss < 1e-4, `${loss}`);
});

// Each part of the loss must count for itself, so each is spoilt alone: scores to a half, the rest by 0.3 strides.
test("every part of an output counts: score, place, size, points", async () => {
  for (const channel of [0, 1, 2, 3, 4, 5, 14]) {
    const spoilt = perfect().map((data, level) => {
      const { rows, columns } = cells.levels[level]!;
      return data.map((value, index) =>
        Math.floor(index / (rows * columns)) === channel
          ? value + (channel === 0 ? -20 * Math.sign(value) : 0.3)
          : value,
      );
    });
    const { loss } = await lossOf({ task: detection, spec, size, outputs: outputsOf([spoilt]), labels: [label] });
    assert.ok(loss > 0.002, `channel ${channel}: ${loss}`);
  }
});

test("a step down the gradient lowers the loss from anywhere", async () => {
  for (const seed of [1, 2, 3]) {
    const start = noise(seed);
    const before = await lossOf({ task: detection, spec, size, outputs: outputsOf([start]), labels: [label] });
    const moved = start.map((data, level) =>
      data.map((value, index) => value - 0.05 * before.gradients[level]![index]!),
    );
    const after = await lossOf({ task: detection, spec, size, outputs: outputsOf([moved]), labels: [label] });
    assert.ok(after.loss < before.loss, `seed ${seed}: ${before.loss}, then ${after.loss}`);
    assert.ok(before.gradients.flat().every(Number.isFinite));
  }
});

test("a sample without a label has loss and gradient of exactly 0, alone and beside others", async () => {
  const alone = await lossOf({ task: detection, spec, size, outputs: outputsOf([noise(4)]), labels: [undefined] });
  assert.equal(Math.abs(alone.loss), 0);
  assert.ok(alone.gradients.flat().every((value) => value === 0));
  const one = await lossOf({ task: detection, spec, size, outputs: outputsOf([noise(5)]), labels: [label] });
  const two = await lossOf({
    task: detection,
    spec,
    size,
    outputs: outputsOf([noise(5), noise(4)]),
    labels: [label, undefined],
  });
  assert.ok(Math.abs(one.loss - two.loss) < 1e-5 * one.loss);
  two.gradients.forEach((gradient) => {
    assert.ok(gradient.slice(gradient.length / 2).every((value) => value === 0));
  });
});

test("scores in ignored places cost nothing", async () => {
  const sure = cells.levels.map(({ first, rows, columns }) => {
    const data = new Float32Array(channels * rows * columns).fill(-20, 0, rows * columns);
    for (let index = 0; index < rows * columns; index++) {
      const [x, y] = [cells.x[first + index]!, cells.y[first + index]!];
      if (x >= 200 && y <= 56) data[index] = 20;
    }
    return data;
  });
  const labels = [{ faces: [], ignore: label.ignore }];
  const { loss } = await lossOf({ task: detection, spec, size, outputs: outputsOf([sure]), labels });
  assert.ok(loss < 1e-6, `${loss}`);
  const told = await lossOf({
    task: detection,
    spec,
    size,
    outputs: outputsOf([sure]),
    labels: [{ faces: [], ignore: [] }],
  });
  assert.ok(told.loss > 1, `${told.loss}`);
});

test("faces whose points are not known count for box and score only", async () => {
  const unknown = { faces: boxes.map((box) => faceIn(box)), ignore: [] };
  const { loss, gradients } = await lossOf({
    task: detection,
    spec,
    size,
    outputs: outputsOf([noise(6)]),
    labels: [unknown],
  });
  assert.ok(loss > 0);
  gradients.forEach((gradient, level) => {
    const { rows, columns } = cells.levels[level]!;
    assert.ok(gradient.slice(5 * rows * columns).every((value) => value === 0));
  });
});

test("a detector without points has no part for them", async () => {
  const plain = detectionSchema.parse({
    kind: "detection",
    name: "things",
    points: 0,
    strides: [16],
    sizes: [[0, 1e5]],
  });
  const outputs = [float32([1, 5, 16, 16], noise(7)[0]!.subarray(0, 5 * 256))];
  const { loss } = await lossOf({
    task: detection,
    spec: plain,
    size,
    outputs,
    labels: [{ faces: [faceIn(boxes[1]!)], ignore: [] }],
  });
  assert.ok(loss > 0 && Number.isFinite(loss));
});

const kinds = detectionSchema.parse({
  kind: "detection",
  name: "things",
  points: 0,
  labels: ["cat", "dog", "cow"],
  strides: [16],
  sizes: [[0, 1e5]],
});

test("several classes add their logits; the loss is lower where the right one is the largest, and one label adds nothing", async () => {
  assert.equal(channelsPerCell(kinds), 8);
  assert.equal(channelsPerCell({ ...kinds, labels: ["cat"] }), 5);
  assert.deepEqual(
    detection.targets({ ...kinds, labels: ["cat"] }, size),
    detection.targets({ ...kinds, labels: undefined }, size),
  );
  const faces = [{ ...faceIn(boxes[1]!), class: 2 }];
  const start = noise(9)[0]!.subarray(0, 8 * 256);
  const losses = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const told = start.map((value, at) => (Math.floor(at / 256) === 5 + index ? value + 3 : value));
      const outputs = [float32([1, 8, 16, 16], told)];
      const { loss } = await lossOf({ task: detection, spec: kinds, size, outputs, labels: [{ faces, ignore: [] }] });
      return loss;
    }),
  );
  assert.ok(losses[2]! + 1 < Math.min(losses[0]!, losses[1]!), losses.join(" "));
});

test("wild outputs give a finite loss", async () => {
  const wild = noise(8).map((data) => data.map((value) => value * 1e3));
  const { loss, gradients } = await lossOf({
    task: detection,
    spec,
    size,
    outputs: outputsOf([wild]),
    labels: [label],
  });
  assert.ok(Number.isFinite(loss), `${loss}`);
  assert.ok(gradients.flat().every(Number.isFinite));
});

test("heads are named after task and stride, one of each map, and begin with nothing found", () => {
  const build = createBuilder();
  const scope = createScope(build, createRandom(1));
  const maps = [32, 16, 8].map((side) => build.input(`map${side}`, ["N", 6, side, side]));
  const outputs = detection.head(scope, maps, spec);
  assert.deepEqual(
    outputs.map(({ name, value }) => [name, value.shape]),
    [
      ["faces_8", ["N", 15, 32, 32]],
      ["faces_16", ["N", 15, 16, 16]],
      ["faces_32", ["N", 15, 8, 8]],
    ],
  );
  const { data } = build.build().initializers.get("faces.8.bias")!;
  assert.deepEqual([...data], [-4, ...new Array(14).fill(0)]);
});

test("levels without a range of sizes are refused", () => {
  const parsed = detectionSchema.safeParse({ kind: "detection", name: "faces", strides: [8, 16] });
  assert.deepEqual(
    parsed.error?.issues.map(({ path }) => path.join(".")),
    ["sizes"],
  );
});

test("the loss is the sum of its parts by their weights; a part of weight 0 has none", async () => {
  const outputs = outputsOf([noise(8)]);
  const of = async (weights: readonly [score: number, box: number, point: number]) => {
    const [score_weight, box_weight, point_weight] = weights;
    const weighed = { ...spec, score_weight, box_weight, point_weight };
    return (await lossOf({ task: detection, spec: weighed, size, outputs, labels: [label] })).loss;
  };
  const [score, box, point] = [await of([1, 0, 0]), await of([0, 1, 0]), await of([0, 0, 1])];
  assert.ok(score > 0 && box > 0 && point > 0);
  const { loss } = await lossOf({ task: detection, spec, size, outputs, labels: [label] });
  assert.ok(Math.abs(loss - (score + 2 * box + point)) < 1e-5 * loss, `${loss}: ${score}, ${box}, ${point}`);
  const other = await of([0.5, 3, 4]);
  assert.ok(Math.abs(other - (0.5 * score + 3 * box + 4 * point)) < 1e-5 * other);
});

// By hand: one coordinate of five points is off by 0.1 strides; x = 4 d / size, x^2 / (2 beta) below beta, x - beta / 2 above.
test("errors of points count squared below point_beta and plainly above it", async () => {
  const off = 0.1;
  const spoilt = perfect().map((data, level) => {
    const { rows, columns } = cells.levels[level]!;
    return data.map((value, index) => (Math.floor(index / (rows * columns)) === 5 ? value + off : value));
  });
  const [positive, , box] = detection.encode(label, spec, size) as [Float32Array, Float32Array, Float32Array];
  const own = [...positive.keys()].filter((cell) => positive[cell] === 1);
  const shares = own.map((cell) => {
    const [x1, y1, x2, y2] = [0, 1, 2, 3].map((corner) => box[corner * cells.count + cell]!) as [
      number,
      number,
      number,
      number,
    ];
    return (4 * off * cells.stride[cell]!) / Math.sqrt((x2 - x1) * (y2 - y1));
  });
  for (const beta of [1, 0.1, 0.02]) {
    const errors = shares.map((x) => (x < beta ? (x * x) / (2 * beta) : x - beta / 2) / 10);
    const expected = errors.reduce((sum, error) => sum + error, 0) / own.length;
    const points = { ...spec, score_weight: 0, box_weight: 0, point_beta: beta };
    const { loss } = await lossOf({
      task: detection,
      spec: points,
      size,
      outputs: outputsOf([spoilt]),
      labels: [label],
    });
    assert.ok(Math.abs(loss - expected) < 1e-4 * expected + 1e-6, `beta ${beta}: ${loss}, expected ${expected}`);
  }
});
