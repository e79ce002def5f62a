import { errors } from "../../errors.ts";
import { detectionAveragePrecision } from "../../metrics/average-precision.ts";
import type { Box } from "../../metrics/boxes.ts";
import { type MatchedScene, matchScene, type Scene } from "../../metrics/detection-matching.ts";
import {
  detectionPrecision,
  detectionRecall,
  falseDetectionsPerImage,
  type HeightBin,
} from "../../metrics/detection-recall.ts";
import type { Metric } from "../../metrics/metric.ts";
import { type BootstrapOptions, type Measured, measure } from "../../statistics/bootstrap.ts";
import type { Outcome } from "../outcomes.ts";
import type { ChosenThreshold } from "../protocol.ts";
import { thresholdForRate } from "../threshold.ts";

/** `face`: to be found. `hard` and `ignore`: boxes that count neither way. */
export const faceKinds = ["face", "hard", "ignore"] as const;
export type FaceKind = (typeof faceKinds)[number];

/** One labelled box, in pixels of the image. */
export interface FaceTruth {
  readonly image: string;
  readonly box: Box;
  readonly kind: FaceKind;
}

/** One face that a model found. Its points, if any, are not scored here. */
export interface FacePrediction {
  readonly image: string;
  readonly box: Box;
  readonly score: number;
  readonly points?: Readonly<Record<string, readonly [x: number, y: number]>>;
}

/** What to score at. */
export interface FacesOptions extends Partial<BootstrapOptions> {
  /** The model's own: predictions count from this score up (AP reads all of them). */
  readonly threshold: number;
  /** Least IoU of a find. 0.35 as conventions for a face's box differ (hairline or brow to chin). */
  readonly iou?: number;
}

/** The score of a face detector; keys as in result files. Intervals are percentile bootstrap over images. */
export interface FacesResult {
  readonly metrics: {
    readonly recall: Measured;
    readonly precision: Measured;
    readonly false_faces_per_image: Measured;
    readonly ap: Measured;
  };
  readonly recall_by_height: readonly (HeightBin & { readonly faces: number; readonly recall: Measured })[];
  /** Faces and predictions at the threshold. */
  readonly counts: {
    readonly images: number;
    readonly faces: number;
    readonly ignored: number;
    readonly found: number;
    readonly missed: number;
    readonly false_faces: number;
    /** Predictions on boxes of kind `hard` or `ignore`. */
    readonly dropped: number;
  };
  /** What each picture added, in the order of `images`. */
  readonly outcomes: readonly Outcome[];
}

/** Least IoU of a find unless another is asked for. */
export const usualIou = 0.35;

/** Heights of the labelled box in pixels of the image. */
export const faceHeightBins: readonly HeightBin[] = [
  { from: 0, below: 16 },
  { from: 16, below: 32 },
  { from: 32, below: 64 },
  { from: 64, below: Number.POSITIVE_INFINITY },
];

/**
 * Scores the faces that a model found in `images` (all of the split, each once, faceless ones too).
 * Matching: `matchScene` (the surest first, the free box of largest IoU; on a hard or ignored box: dropped).
 * A protocol of our own for folders of any origin; AP is the area under the interpolated precision-recall curve
 * (PASCAL VOC 2010), without VOC's inclusive pixel.
 */
export function scoreFaces(
  { images, truth, predictions }: FacesInput,
  { threshold, iou = usualIou, seed = 0, resamples = 2000, level = 0.95 }: FacesOptions,
): FacesResult {
  const scenes = scenesOf({ images, truth, predictions });
  const measured = <State>(metric: Metric<readonly Scene[], State>) =>
    measure(
      metric,
      scenes.map((scene) => metric.update(metric.empty(), [scene])),
      { seed, resamples, level },
    );
  const matched = scenes.map((scene) => matchScene(scene, { iou }));
  const faces = matched.flatMap(({ found }) => found);
  const found = faces.filter(({ score }) => score >= threshold).length;
  const atThreshold = (list: "falseDetections" | "dropped") =>
    matched.reduce((sum, scene) => sum + scene[list].filter(({ score }) => score >= threshold).length, 0);
  return {
    metrics: {
      recall: measured(detectionRecall({ threshold, iou })),
      precision: measured(detectionPrecision({ threshold, iou })),
      false_faces_per_image: measured(falseDetectionsPerImage({ threshold, iou })),
      ap: measured(detectionAveragePrecision({ iou })),
    },
    recall_by_height: faceHeightBins.map((heights) => ({
      ...heights,
      faces: faces.filter(({ box }) => box.height >= heights.from && box.height < heights.below).length,
      recall: measured(detectionRecall({ threshold, iou, heights })),
    })),
    counts: {
      images: images.length,
      faces: faces.length,
      ignored: truth.length - faces.length,
      found,
      missed: faces.length - found,
      false_faces: atThreshold("falseDetections"),
      dropped: atThreshold("dropped"),
    },
    outcomes: images.map((image, i) => sceneOutcome(image, matched[i]!, threshold)),
  };
}

/** What a picture adds to each metric. */
function sceneOutcome(image: string, { found, falseDetections }: MatchedScene, threshold: number): Outcome {
  const hits = found.filter(({ score }) => score >= threshold).length;
  const falses = falseDetections.filter(({ score }) => score >= threshold).length;
  const ranking = {
    positives: found.length,
    hits: found.map(({ score }) => score).filter((score) => score !== Number.NEGATIVE_INFINITY),
    falses: falseDetections.map(({ score }) => score),
  };
  return {
    id: image,
    unit: image,
    values: {
      recall: [hits, found.length],
      precision: [hits, hits + falses],
      false_faces_per_image: [falses, 1],
      ap: ranking,
    },
  };
}

/** The threshold at which a detector has at most `target` false faces a picture of these. */
export function thresholdForFalseFaces(
  input: FacesInput,
  { target, iou = usualIou }: { readonly target: number; readonly iou?: number },
): ChosenThreshold {
  const falses = scenesOf(input).flatMap((scene) => matchScene(scene, { iou }).falseDetections);
  return thresholdForRate({
    scores: input.predictions.map(({ score }) => score),
    falses: falses.map(({ score }) => score),
    trials: input.images.length,
    target,
  });
}

/** The split and what was found in it. */
export interface FacesInput {
  readonly images: readonly string[];
  readonly truth: readonly FaceTruth[];
  readonly predictions: readonly FacePrediction[];
}

function scenesOf({ images, truth, predictions }: FacesInput): Scene[] {
  const scenes = new Map<string, { truth: { box: Box; ignored: boolean }[]; detections: FacePrediction[] }>();
  for (const image of images) {
    if (scenes.has(image)) throw errors["repeated-image"]({ received: image });
    scenes.set(image, { truth: [], detections: [] });
  }
  const sceneOf = (image: string, where: string) => {
    const scene = scenes.get(image);
    if (scene === undefined) throw errors["unknown-image"]({ where, received: image });
    return scene;
  };
  truth.forEach(({ image, box, kind }, i) => {
    if (!faceKinds.includes(kind))
      throw errors["unknown-kind"]({ where: `truth, row ${i}`, expected: faceKinds, received: kind });
    sceneOf(image, `truth, row ${i}`).truth.push({ box, ignored: kind !== "face" });
  });
  predictions.forEach((prediction, i) => {
    sceneOf(prediction.image, `predictions, row ${i}`).detections.push(prediction);
  });
  return [...scenes.values()];
}
