import { type Build, float32, type Value } from "@foveajs/graph";
import { z } from "zod";
import { type PointScheme, type PointSchemeName, pointSchemes } from "../data/point-schemes.ts";
import type { PointsLabel } from "../data/types.ts";
import { errors } from "../errors.ts";
import { applyAffine } from "../image/affine.ts";
import type { Point } from "../image/image.ts";
import { convolutionBlock, outputConvolution } from "../layers/convolution.ts";
import { inside, type Scope } from "../layers/scope.ts";
import { maskedMean } from "../losses/masked-mean.ts";
import { smoothL1 } from "../losses/smooth-l1.ts";
import { wing } from "../losses/wing.ts";
import type { Task } from "./task.ts";

const schemeNames = Object.keys(pointSchemes) as [PointSchemeName, ...PointSchemeName[]];

export const landmarksSchema = z.strictObject({
  kind: z.literal("landmarks"),
  name: z.string().min(1).describe("name of the task, of its labels in the data and of the model's output"),
  scheme: z.enum(schemeNames).describe("how the points are numbered"),
  features: z.int().min(1).default(64).describe("channels of the maps that the points are read from"),
  loss: z
    .enum(["smooth_l1", "wing", "l1"])
    .default("smooth_l1")
    .describe(
      "smooth_l1: linear from 0.02 of half the input; wing: Feng et al. 2018, errors below 0.1 count more; l1: distance",
    ),
});

export type Landmarks = z.output<typeof landmarksSchema>;

/** How far a coordinate is off, in halves of the input, elementwise. */
const rules: { readonly [Loss in Landmarks["loss"]]: (build: Build, difference: Value) => Value } = {
  smooth_l1: (build, difference) => smoothL1(build, difference, { beta: 0.02 }),
  wing: (build, difference) => wing(build, difference, { width: 0.1, curvature: 0.02 }),
  l1: (build, difference) => build.abs(difference),
};

/** The grid of a map reaches this far over the input, so that points beyond its edge can be told. */
const REACH = 1.25;
/** Errors are counted in halves of the input. */
const HALVES = 2;

/**
 * Points of an object: output [N, 2P], x and y of each as shares of the input's width and height (0 to 1 inside it).
 * Each point is the mean place of a map of its own (soft argmax; Sun et al. 2018, arXiv:1711.08229). A label may hold the
 * five points of a face instead of all of the scheme: then the means that stand for them learn.
 */
export const landmarks: Task<Landmarks, PointsLabel> = {
  head(scope, maps, { name, scheme, features }) {
    const { build } = scope;
    const here = inside(scope, name);
    const { count } = pointSchemes[scheme];
    const fine = fusedMaps(here, maps, features);
    const scores = outputConvolution(inside(here, "maps"), fine, {
      filters: count,
      bias: new Array<number>(count).fill(0),
    });
    return [{ name, value: meanPlaces(build, scores) }];
  },
  targets: ({ name, scheme }) => {
    const { count, five } = pointSchemes[scheme];
    const coordinates = 2 * (count + five.length);
    return [
      { name: `${name}/target`, shape: [coordinates] },
      { name: `${name}/weight`, shape: [coordinates] },
    ];
  },
  place({ points, five, ...label }, { scheme }, { toInput, isMirrored }) {
    const place = (marks: readonly Point[]) => {
      const placed = applyAffine(toInput, marks);
      const { mirrored } = marks.length === pointSchemes.five.count ? pointSchemes.five : pointSchemes[scheme];
      return isMirrored ? mirrored.map((index) => placed[index]!) : placed;
    };
    return { ...label, points: place(points), ...(five ? { five: place(five) } : {}) };
  },
  encode(label, { name, scheme }, { width, height }) {
    const { count, five } = pointSchemes[scheme];
    const length = 2 * (count + five.length);
    const [target, weight] = [new Float32Array(length), new Float32Array(length)];
    if (!label) return [target, weight];
    const { points } = label;
    if (points.length !== count && points.length !== five.length) {
      const expected = `${count} points, or ${five.length}`;
      throw errors["label-points"]({ task: name, expected, received: points.length });
    }
    const parts = label.five ? [points, label.five] : [points];
    for (const part of parts) {
      const start = part.length === count ? 0 : 2 * count;
      const known = part.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)).length;
      part.forEach(([x, y], index) => {
        if (!Number.isFinite(x) || !Number.isFinite(y)) return;
        target.set([x / width, y / height], start + 2 * index);
        // every labelled sample counts the same, however many points it has
        weight.fill(1 / (2 * known * parts.length), start + 2 * index, start + 2 * index + 2);
      });
    }
    return [target, weight];
  },
  loss(build, [predicted], [target, weight], { scheme, loss }) {
    const all = withFive(build, predicted!, pointSchemes[scheme]);
    const difference = build.mul(build.sub(all, target!), HALVES);
    return maskedMean(build, rules[loss](build, difference), weight!);
  },
};

/** The two coarsest maps as one of the finer's size. */
function fusedMaps(scope: Scope, maps: readonly Value[], filters: number): Value {
  const { build } = scope;
  const [fine, coarse] = [maps.at(-2)!, maps.at(-1)!];
  const [, , rows, columns] = fine.shape as readonly number[];
  const lateral = convolutionBlock(inside(scope, "fine"), fine, { filters, kernel: 1, activation: "none" });
  const up = build.upsampleNearest(
    convolutionBlock(inside(scope, "coarse"), coarse, { filters, kernel: 1, activation: "none" }),
    2,
  );
  // an odd side was rounded up on its way down
  const isLarger = up.shape[2] !== rows || up.shape[3] !== columns;
  const cut = isLarger ? build.slice(up, { axes: [2, 3], starts: [0, 0], ends: [rows!, columns!] }) : up;
  return convolutionBlock(inside(scope, "fused"), build.relu(build.add(lateral, cut)), { filters });
}

/** Mean x and y of softmax over each map: scores [N, P, rows, columns] to [N, 2P], in shares of the input. */
function meanPlaces(build: Build, scores: Value): Value {
  const [, points, rows, columns] = scores.shape as readonly number[];
  const cells = rows! * columns!;
  const shares = build.softmax(build.reshape(scores, [0, points!, cells]), { axis: 2 });
  const place = (index: number, extent: number) => 0.5 + REACH * ((index + 0.5) / extent - 0.5);
  const grid = Array.from({ length: cells }, (_, cell) => [
    place(cell % columns!, columns!),
    place(Math.floor(cell / columns!), rows!),
  ]);
  const places = build.matMul(shares, build.constant(float32([cells, 2], grid.flat())));
  return build.reshape(places, [0, 2 * points!]);
}

/** Points [N, 2P] followed by the five that are means of some of them: [N, 2(P + 5)]. */
function withFive(build: Build, points: Value, { count, five }: PointScheme): Value {
  const means = new Float32Array(2 * count * 2 * five.length);
  five.forEach((of, index) => {
    for (const point of of) {
      for (const axis of [0, 1]) means[(2 * point + axis) * 2 * five.length + 2 * index + axis] = 1 / of.length;
    }
  });
  const fivePoints = build.matMul(points, build.constant(float32([2 * count, 2 * five.length], means)));
  return build.concat([points, fivePoints], { axis: 1 });
}

/** One sample's points from the model's output, in pixels of an input of this size. */
export const pointsOf = (output: ArrayLike<number>, { width, height }: { width: number; height: number }): Point[] =>
  Array.from({ length: output.length / 2 }, (_, i): Point => [output[2 * i]! * width, output[2 * i + 1]! * height]);

/** The five points of a face as means of the scheme's. */
export const fiveOf = (points: readonly Point[], scheme: PointSchemeName): Point[] =>
  pointSchemes[scheme].five.map((of: readonly number[]): Point => {
    const mean = (axis: 0 | 1) => of.reduce((sum, index) => sum + points[index]![axis], 0) / of.length;
    return [mean(0), mean(1)];
  });
