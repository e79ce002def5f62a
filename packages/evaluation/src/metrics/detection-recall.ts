import { errors } from "../errors.ts";
import { rankScenes } from "./average-precision.ts";
import { checkIou, matchScene, type Scene } from "./detection-matching.ts";
import { type DeclaredProperties, defineMetric, undefinedValue } from "./metric.ts";
import { emptyRanking, mergeRankings, type Ranking, rankingCurves } from "./precision-recall.ts";
import { weightedSums } from "./resampling.ts";

/** Heights of boxes in pixels: from `from` (inclusive) to `below` (exclusive). */
export interface HeightBin {
  readonly from: number;
  readonly below: number;
}

/** What pictures came to at one score threshold. */
export interface DetectionCounts {
  readonly images: number;
  /** Boxes to find; ignored ones are none. */
  readonly boxes: number;
  readonly found: number;
  readonly falses: number;
}

/** A detection counts from `threshold` up (score >= threshold); it fits a box from `iou` up (0 to 1). */
export interface AtThreshold {
  readonly threshold?: number;
  readonly iou?: number;
}

/** Share of the boxes found at a threshold, of all boxes or of those whose height lies in `heights`. */
export const detectionRecall = ({ heights, ...options }: AtThreshold & { heights?: HeightBin } = {}) =>
  countingMetric(
    {
      name: heights === undefined ? "recall" : `recall_height_${heights.from}_${heights.below}`,
      unit: "fraction",
      range: [0, 1],
      higherIsBetter: true,
      undefinedReason: "no boxes to find",
      compute: ({ boxes, found }) => found / boxes,
    },
    { ...options, ...(heights === undefined ? {} : { heights }) },
  );

/** Share of the detections at a threshold that found a box; those on ignored boxes do not count. */
export const detectionPrecision = (options: AtThreshold = {}) =>
  countingMetric(
    {
      name: "precision",
      unit: "fraction",
      range: [0, 1],
      higherIsBetter: true,
      undefinedReason: "no detections at the threshold",
      compute: ({ found, falses }) => found / (found + falses),
    },
    options,
  );

/** False detections at a threshold for each picture, faceless pictures included. */
export const falseDetectionsPerImage = (options: AtThreshold = {}) =>
  countingMetric(
    {
      name: "false_detections_per_image",
      unit: "detections per image",
      range: [0, Number.POSITIVE_INFINITY],
      higherIsBetter: false,
      undefinedReason: "no images",
      compute: ({ images, falses }) => falses / images,
    },
    options,
  );

/**
 * Largest recall at any threshold that leaves at most `perImage` false detections for each picture; equal scores enter
 * together. A point of the curve of Jain & Learned-Miller, FDDB (2010), that counts false ones by picture.
 */
export const recallAtFalseDetections = ({ perImage = 0.1, iou = 0.5 }: { perImage?: number; iou?: number } = {}) => {
  if (!(perImage >= 0))
    throw errors["bad-option"]({ name: "perImage", expected: "a number of at least 0", received: perImage });
  checkIou(iou);
  const resampler = (units: readonly RankedImages[]) => {
    const curves = rankingCurves(units);
    return (counts: ArrayLike<number>) => {
      const { positives, hits, falses } = curves(counts);
      const images = units.reduce((sum, unit, i) => sum + unit.images * counts[i]!, 0);
      const beyond = falses.findIndex((count) => count > perImage * images * (1 + 1e-12)); // 0.1 * 30 > 3
      return (hits[(beyond < 0 ? hits.length : beyond) - 1] ?? 0) / positives;
    };
  };
  return defineMetric<readonly Scene[], RankedImages>({
    name: `recall_at_${perImage}_false_per_image`,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => ({ ...emptyRanking, images: 0 }),
    update: (state, scenes) => mergeRanked(state, { ...rankScenes(scenes, { iou }), images: scenes.length }),
    merge: mergeRanked,
    compute: (state) => (state.positives === 0 ? undefinedValue("no boxes to find") : resampler([state])([1])),
    resampler,
  });
};

/** Outcomes of a number of pictures. */
export interface RankedImages extends Ranking {
  readonly images: number;
}

const mergeRanked = (a: RankedImages, b: RankedImages): RankedImages => ({
  ...mergeRankings(a, b),
  images: a.images + b.images,
});

/** A metric that is a ratio of counts at a threshold. */
function countingMetric(
  {
    undefinedReason,
    compute,
    ...properties
  }: Omit<DeclaredProperties, "permutationInvariant"> & {
    readonly undefinedReason: string;
    readonly compute: (counts: DetectionCounts) => number;
  },
  {
    threshold = 0.5,
    iou = 0.5,
    heights = { from: 0, below: Number.POSITIVE_INFINITY },
  }: AtThreshold & { heights?: HeightBin },
) {
  checkIou(iou);
  if (Number.isNaN(threshold))
    throw errors["bad-option"]({ name: "threshold", expected: "a number", received: threshold });
  const count = (scene: Scene): DetectionCounts => {
    const { found, falseDetections } = matchScene(scene, { iou });
    const boxes = found.filter(({ box }) => box.height >= heights.from && box.height < heights.below);
    return {
      images: 1,
      boxes: boxes.length,
      found: boxes.filter(({ score }) => score >= threshold).length,
      falses: falseDetections.filter(({ score }) => score >= threshold).length,
    };
  };
  const merge = (a: DetectionCounts, b: DetectionCounts) => ({
    images: a.images + b.images,
    boxes: a.boxes + b.boxes,
    found: a.found + b.found,
    falses: a.falses + b.falses,
  });
  return defineMetric<readonly Scene[], DetectionCounts>({
    ...properties,
    permutationInvariant: true,
    empty: () => ({ images: 0, boxes: 0, found: 0, falses: 0 }),
    update: (state, scenes) => scenes.map(count).reduce(merge, state),
    merge,
    compute: (counts) => {
      const value = compute(counts);
      return Number.isNaN(value) ? undefinedValue(undefinedReason) : value;
    },
    resampler: (units) => {
      const sums = weightedSums(units.map(({ images, boxes, found, falses }) => [images, boxes, found, falses]));
      return (counts) => {
        const [images, boxes, found, falses] = sums(counts) as unknown as [number, number, number, number];
        return compute({ images, boxes, found, falses });
      };
    },
  });
}
