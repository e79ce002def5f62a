import { checkIou, matchScene, type Scene } from "./detection-matching.ts";
import { defineMetric, type MetricDefinition, undefinedValue } from "./metric.ts";
import {
  areaUnderCurve,
  emptyRanking,
  type Interpolation,
  mergeRankings,
  type Ranking,
  rankingCurves,
} from "./precision-recall.ts";
import { rankScored, type Scored } from "./scored.ts";

/** Average precision of a ranking of all samples by score; equal scores enter together. */
export const averagePrecision = ({ interpolation = "step" }: { interpolation?: Interpolation } = {}) =>
  defineMetric<Scored, Ranking>({
    ...rankedArea(interpolation, "no positive samples"),
    name: interpolation === "eleven-point" ? "average_precision_11" : "average_precision",
    update: (ranking, batch) => mergeRankings(ranking, rankScored(batch)),
  });

/** Average precision of a detector of one class; see `matchScene` for what is a hit and what is dropped. */
export const detectionAveragePrecision = ({
  iou = 0.5,
  interpolation = "envelope",
}: {
  iou?: number;
  interpolation?: Interpolation;
} = {}) => {
  checkIou(iou);
  return defineMetric<readonly Scene[], Ranking>({
    ...rankedArea(interpolation, "no boxes to find"),
    name: interpolation === "eleven-point" ? "detection_ap_11" : "detection_ap",
    update: (ranking, scenes) => mergeRankings(ranking, rankScenes(scenes, { iou })),
  });
};

/** Outcomes of pictures matched at `iou`. */
export function rankScenes(scenes: readonly Scene[], { iou }: { iou: number }): Ranking {
  const matched = scenes.map((scene) => matchScene(scene, { iou }));
  const found = matched.flatMap((scene) => scene.found.map(({ score }) => score));
  return {
    positives: found.length,
    hits: found.filter((score) => score !== Number.NEGATIVE_INFINITY),
    falses: matched.flatMap(({ falseDetections }) => falseDetections.map(({ score }) => score)),
  };
}

const rankedArea = (
  interpolation: Interpolation,
  reason: string,
): Omit<MetricDefinition<never, Ranking>, "name" | "update"> => {
  const resampler = (units: readonly Ranking[]) => {
    const curves = rankingCurves(units);
    return (counts: ArrayLike<number>) => areaUnderCurve(curves(counts), interpolation);
  };
  return {
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => emptyRanking,
    merge: mergeRankings,
    compute: (ranking) => (ranking.positives === 0 ? undefinedValue(reason) : resampler([ranking])([1])),
    resampler,
  };
};
