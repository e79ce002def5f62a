import { errors } from "../errors.ts";
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

/** Samples of a binary scorer: scores [N], larger is surer, and targets [N], 1 (positive) or 0. */
export interface Scored {
  readonly scores: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** Average precision of a ranking of all samples by score; equal scores enter together. */
export const averagePrecision = ({ interpolation = "step" }: { interpolation?: Interpolation } = {}) =>
  defineMetric<Scored, Ranking>({
    ...rankedArea(interpolation, "no positive samples"),
    name: interpolation === "eleven-point" ? "average_precision_11" : "average_precision",
    update(ranking, { scores, targets }) {
      if (scores.length !== targets.length) {
        throw errors["row-count"]({ where: "targets", expected: scores.length, received: targets.length });
      }
      const hits: number[] = [];
      const falses: number[] = [];
      for (let i = 0; i < scores.length; i++) {
        if (!Number.isFinite(scores[i]!))
          throw errors["bad-score"]({ where: `scores, row ${i}`, received: scores[i]! });
        if (targets[i] !== 0 && targets[i] !== 1) {
          throw errors["bad-target"]({ where: `targets, row ${i}`, classes: 2, received: targets[i]! });
        }
        (targets[i] === 1 ? hits : falses).push(scores[i]!);
      }
      return mergeRankings(ranking, { positives: hits.length, hits, falses });
    },
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
