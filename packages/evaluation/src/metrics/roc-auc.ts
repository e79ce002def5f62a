import { defineMetric, undefinedValue } from "./metric.ts";
import { emptyRanking, mergeRankings, type Ranking, type RankingCurve, rankingCurves } from "./precision-recall.ts";
import { rankScored, type Scored } from "./scored.ts";

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, an equal score counting one half.
 * Source: Hanley & McNeil, Radiology 143 (1982).
 */
export const rocAuc = () =>
  defineMetric<Scored, Ranking>({
    name: "roc_auc",
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => emptyRanking,
    update: (ranking, batch) => mergeRankings(ranking, rankScored(batch)),
    merge: mergeRankings,
    compute: (ranking) => undefinedRoc(ranking) ?? areaUnderRoc(rankingCurves([ranking])([1])),
    resampler: (units) => {
      const curves = rankingCurves(units);
      return (counts) => areaUnderRoc(curves(counts));
    },
  });

/** Why a ranking of samples has no ROC curve; nothing where it has one. */
export function undefinedRoc({ hits, falses }: Ranking) {
  if (hits.length === 0) return undefinedValue("no positive samples");
  return falses.length === 0 ? undefinedValue("no negative samples") : undefined;
}

function areaUnderRoc({ positives, hits, falses }: RankingCurve): number {
  const negatives = falses.at(-1) ?? 0;
  let doubled = 0;
  for (let i = 0; i < hits.length; i++) {
    const [hitsBefore, falsesBefore] = i === 0 ? [0, 0] : [hits[i - 1]!, falses[i - 1]!];
    doubled += (falses[i]! - falsesBefore) * (hits[i]! + hitsBefore); // whole numbers: exact below 2^53
  }
  return doubled / (2 * positives * negatives);
}
