import type { Tensor } from "@foveajs/graph";
import { type Affine, applyAffine } from "../image/affine.ts";
import type { Box, Point } from "../image/image.ts";
import { probabilitiesOf } from "./classification.ts";
import { classesOf, type Detection, LARGEST_LOG } from "./detection-spec.ts";

/** One thing that a detector found, in pixels of the picture. */
export interface Detected {
  readonly box: Box;
  /** 0 to 1; of several classes that there is something, times that it is of this class. */
  readonly score: number;
  readonly points: readonly Point[];
  /** Index into the task's labels; absent where there is one kind of object. */
  readonly class?: number;
}

/** A level's output for one picture: [channels, rows, columns]. */
export interface LevelOutput {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** The levels of one picture out of a detector's outputs `NAME_STRIDE` [1, channels, rows, columns]. */
export const levelsOf = (
  outputs: Readonly<Record<string, Tensor>>,
  { name, strides }: Pick<Detection, "name" | "strides">,
): LevelOutput[] =>
  strides.map((stride) => {
    const { data, shape } = outputs[`${name}_${stride}`]!;
    return { data: data as Float32Array, rows: shape[2]!, columns: shape[3]! };
  });

export interface DecodeDetectionsOptions {
  /** From pixels of the input to pixels of the picture; only scaling and shifting. */
  readonly toImage: Affine;
  /** Least score; the task's own unless told. */
  readonly threshold?: number;
  /** Candidates that are looked at, the strongest first. */
  readonly maximum?: number;
}

/** Boxes and points from a detector's outputs, the strongest first, each object once (greedy non-maximum suppression by class). */
export function decodeDetections(
  levels: readonly LevelOutput[],
  spec: Detection,
  { toImage, threshold = spec.threshold, maximum = 1000 }: DecodeDetectionsOptions,
): Detected[] {
  const candidates = levels.flatMap((level, index) =>
    candidatesOf(level, spec, spec.strides[index]!, threshold, toImage),
  );
  candidates.sort((a, b) => b.score - a.score);
  const kept: Detected[] = [];
  for (const candidate of candidates.slice(0, maximum)) {
    if (kept.every((other) => other.class !== candidate.class || overlapOf(other.box, candidate.box) <= spec.nms_iou))
      kept.push(candidate);
  }
  return kept;
}

function candidatesOf(
  { data, rows, columns }: LevelOutput,
  spec: Detection,
  stride: number,
  threshold: number,
  toImage: Affine,
): Detected[] {
  const cells = rows * columns;
  const leastLogit = threshold <= 0 ? Number.NEGATIVE_INFINITY : Math.log(threshold / (1 - threshold));
  const found: Detected[] = [];
  let cell = nextCell(data, 0, cells, leastLogit);
  while (cell < cells) {
    const candidate = candidateOf(data, cell, { cells, columns, stride, toImage }, spec);
    // of several classes the score is lower than what the logit alone says
    if (candidate.class === undefined || candidate.score >= threshold) found.push(candidate);
    cell = nextCell(data, cell + 1, cells, leastLogit);
  }
  return found;
}

/** The first cell from `start` on whose logit reaches the least; few do, so that nothing else of the others is looked at. */
function nextCell(logits: ArrayLike<number>, start: number, cells: number, least: number): number {
  let cell = start;
  while (cell < cells && !(logits[cell]! >= least)) cell++;
  return cell;
}

function candidateOf(
  data: ArrayLike<number>,
  cell: number,
  { cells, columns, stride, toImage }: { cells: number; columns: number; stride: number; toImage: Affine },
  spec: Detection,
): Detected {
  const at = (channel: number) => data[channel * cells + cell]!;
  const classes = classesOf(spec);
  const likeliest =
    classes > 0 ? likeliestOf(Array.from({ length: classes }, (_, k) => at(5 + 2 * spec.points + k))) : undefined;
  const score = (1 / (1 + Math.exp(-at(0)))) * (likeliest?.probability ?? 1);
  const cellX = ((cell % columns) + 0.5) * stride;
  const cellY = (Math.floor(cell / columns) + 0.5) * stride;
  const centre: Point = [cellX + at(1) * stride, cellY + at(2) * stride];
  const side = (channel: number) => Math.exp(Math.min(at(channel), LARGEST_LOG)) * stride;
  const half = [side(3) / 2, side(4) / 2] as const;
  const points = Array.from(
    { length: spec.points },
    (_, index): Point => [cellX + at(5 + 2 * index) * stride, cellY + at(6 + 2 * index) * stride],
  );
  const [low, high, ...placed] = applyAffine(toImage, [
    [centre[0] - half[0], centre[1] - half[1]],
    [centre[0] + half[0], centre[1] + half[1]],
    ...points,
  ]);
  return {
    box: { x: low![0], y: low![1], width: high![0] - low![0], height: high![1] - low![1] },
    score,
    points: placed,
    ...(likeliest && { class: likeliest.index }),
  };
}

function likeliestOf(logits: readonly number[]): { readonly index: number; readonly probability: number } {
  const probabilities = probabilitiesOf(logits, { temperature: 1 });
  const probability = Math.max(...probabilities);
  return { index: probabilities.indexOf(probability), probability };
}

/** Intersection over union of two boxes, 0 to 1. */
export function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
