import { type Build, float32, type Value } from "@foveajs/graph";
import { outputConvolution } from "../layers/convolution.ts";
import { inside } from "../layers/scope.ts";
import { type Corners, overlap } from "../losses/generalized-iou.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { qualityFocal } from "../losses/quality-focal.ts";
import { smoothL1 } from "../losses/smooth-l1.ts";
import { type Cells, cellsOf } from "./anchors.ts";
import { assignCells } from "./assign.ts";
import { channelsPerCell, classesOf, type Detection, type DetectionLabel, LARGEST_LOG } from "./detection-spec.ts";
import type { Task } from "./task.ts";

/** Distances of points count as this times their share of the object's size. */
const POINT_SCALE = 4;
/** A fresh detector says "nothing" everywhere: the score logit starts here. */
const FIRST_LOGIT = -4;

/**
 * Objects without anchors: every cell of a pyramid says whether an object's centre is near, and where its box and points are.
 * Tian et al. 2019 (FCOS), arXiv:1904.01355; scores learn the overlap (quality focal loss).
 */
export const detection: Task<Detection, DetectionLabel> = {
  head(scope, maps, spec) {
    const filters = channelsPerCell(spec);
    const bias = [FIRST_LOGIT, ...new Array<number>(filters - 1).fill(0)];
    return spec.strides.map((stride, level) => ({
      name: `${spec.name}_${stride}`,
      value: outputConvolution(inside(scope, `${spec.name}.${stride}`), maps[level]!, { filters, bias }),
    }));
  },
  targets(spec, size) {
    const { count } = cellsOf(size, spec.strides);
    const classes = classesOf(spec) > 0 ? { classes: classesOf(spec) } : {};
    const tensors = { positive: 1, weight: 1, box: 4, points: 2 * spec.points, points_weight: 1, ...classes };
    return Object.entries(tensors).map(([name, channels]) => ({
      name: `${spec.name}/${name}`,
      shape: [channels, count],
    }));
  },
  encode: (label, spec, size) => assignCells(label, spec, cellsOf(size, spec.strides)),
  loss(build, outputs, targets, spec, size) {
    const [positive, weight, box, points, pointsWeight, shares] = targets as [
      Value,
      Value,
      Value,
      Value,
      Value,
      Value?,
    ];
    const cells = cellsOf(size, spec.strides);
    const raw = flattenLevels(build, outputs);
    const channel = (from: number, count: number) =>
      build.slice(raw, { axes: [1], starts: [from], ends: [from + count] });
    const predicted = decodeCorners(build, channel(1, 4), cells);
    const { iou, generalized } = overlap(build, predicted, cornersOf(build, box));
    const quality = build.mul(positive, build.max(iou, spec.quality_floor));
    const objects = build.max(build.reduceSum(positive, { keepDims: false }), 1);
    const scoreLoss = build.div(
      build.reduceSum(build.mul(qualityFocal(build, channel(0, 1), quality), weight), { keepDims: false }),
      objects,
    );
    const boxLoss = maskedMean(build, build.sub(1, generalized), positive);
    const found = build.add(weighted(build, scoreLoss, spec.score_weight), weighted(build, boxLoss, spec.box_weight));
    const total = shares
      ? build.add(found, classLoss(build, channel(5 + 2 * spec.points, classesOf(spec)), shares, positive))
      : found;
    if (spec.points === 0) return total;
    const placed = pointLoss(build, channel(5, 2 * spec.points), { box, points, pointsWeight }, cells, spec);
    return build.add(total, weighted(build, placed, spec.point_weight));
  },
};

/** A part of the loss times its weight; of weight 1 it stays as it is, without an operation. */
const weighted = (build: Build, loss: Value, weight: number): Value => (weight === 1 ? loss : build.mul(loss, weight));

/** Cross-entropy of the class of the cells that learn an object; their mean. */
function classLoss(build: Build, logits: Value, shares: Value, positive: Value): Value {
  const logarithms = build.logSoftmax(logits, { axis: 1 });
  const entropy = build.neg(build.reduceSum(build.mul(logarithms, shares), { axes: [1] }));
  return maskedMean(build, entropy, positive);
}

/** Outputs [N, channels, rows, columns] of all levels side by side: [N, channels, cells]. */
function flattenLevels(build: Build, outputs: readonly Value[]): Value {
  const flat = outputs.map((output) => {
    const [batch, channels, rows, columns] = output.shape as [number, number, number, number];
    return build.reshape(output, [batch, channels, rows * columns]);
  });
  return build.concat(flat, { axis: 2 });
}

const row = (build: Build, values: Float32Array): Value => build.constant(float32([1, 1, values.length], values));

const component = (build: Build, x: Value, index: number): Value =>
  build.slice(x, { axes: [1], starts: [index], ends: [index + 1] });

const cornersOf = (build: Build, box: Value): Corners =>
  [0, 1, 2, 3].map((index) => component(build, box, index)) as unknown as Corners;

function decodeCorners(build: Build, raw: Value, cells: Cells): Corners {
  const stride = row(build, cells.stride);
  const centre = (index: number, cell: Float32Array) =>
    build.add(build.mul(component(build, raw, index), stride), row(build, cell));
  const half = (index: number) =>
    build.mul(build.exp(build.min(component(build, raw, index), LARGEST_LOG)), build.mul(stride, 0.5));
  const [x, y, w, h] = [centre(0, cells.x), centre(1, cells.y), half(2), half(3)];
  return [build.sub(x, w), build.sub(y, h), build.add(x, w), build.add(y, h)];
}

/** Smooth L1 of the points' distances as a share of the object's size, where its points are known. */
function pointLoss(
  build: Build,
  raw: Value,
  { box, points, pointsWeight }: { box: Value; points: Value; pointsWeight: Value },
  cells: Cells,
  spec: Detection,
): Value {
  const [, channels, count] = raw.shape as [number, number, number];
  const grid = new Float32Array(channels * count);
  for (let index = 0; index < channels; index++) grid.set(index % 2 === 0 ? cells.x : cells.y, index * count);
  const placed = build.add(
    build.mul(raw, row(build, cells.stride)),
    build.constant(float32([1, channels, count], grid)),
  );
  const [x1, y1, x2, y2] = cornersOf(build, box);
  const size = build.sqrt(build.max(build.mul(build.sub(x2, x1), build.sub(y2, y1)), 1));
  const share = build.div(build.mul(build.sub(placed, points), POINT_SCALE), size);
  const perCell = build.mul(
    build.reduceSum(smoothL1(build, share, { beta: spec.point_beta }), { axes: [1] }),
    1 / (2 * spec.points),
  );
  return maskedMean(build, perCell, pointsWeight);
}
