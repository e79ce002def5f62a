import { errors } from "../errors.ts";
import { type DeclaredProperties, defineMetric } from "./metric.ts";
import { emptyRanking, mergeRankings, type Ranking, type RankingCurve, rankingCurves } from "./precision-recall.ts";
import { undefinedRoc } from "./roc-auc.ts";
import { rankScored, type Scored } from "./scored.ts";

/**
 * The error rate where false accepts (of target 0) and false rejects (of target 1) are equal, the curve running
 * straight between the thresholds of neighbouring scores.
 */
export const equalErrorRate = () =>
  curveMetric({ name: "equal_error_rate", higherIsBetter: false }, ({ positives, hits, falses }) => {
    const negatives = falses.at(-1) ?? 0;
    let [accepts, rejects] = [0, 1];
    for (let i = 0; i < hits.length; i++) {
      const [nextAccepts, nextRejects] = [falses[i]! / negatives, 1 - hits[i]! / positives];
      if (nextAccepts >= nextRejects) {
        const share = (rejects - accepts) / (rejects - accepts + nextAccepts - nextRejects);
        return accepts + share * (nextAccepts - accepts);
      }
      [accepts, rejects] = [nextAccepts, nextRejects];
    }
    return Number.NaN;
  });

/**
 * Largest share of genuine pairs (target 1) accepted at any threshold that accepts at most the share `far` of the
 * impostors (target 0); equal scores enter together, nothing is interpolated. With fewer than 1 / far impostors that
 * is the share above all of them. Also TAR@FAR, 1 − FNMR@FMR.
 */
export const trueAcceptRate = ({ far = 1e-3 }: { far?: number } = {}) => {
  if (!(far >= 0 && far <= 1))
    throw errors["bad-option"]({ name: "far", expected: "a number from 0 to 1", received: far });
  return curveMetric({ name: `tar_at_far_${far}`, higherIsBetter: true }, ({ positives, hits, falses }) => {
    const negatives = falses.at(-1) ?? 0;
    if (negatives === 0) return Number.NaN;
    const beyond = falses.findIndex((count) => count > far * negatives * (1 + 1e-12)); // 0.1 * 30 > 3
    return (hits[(beyond < 0 ? hits.length : beyond) - 1] ?? 0) / positives;
  });
};

const curveMetric = (
  properties: Pick<DeclaredProperties, "name" | "higherIsBetter">,
  read: (curve: RankingCurve) => number,
) =>
  defineMetric<Scored, Ranking>({
    ...properties,
    unit: "fraction",
    range: [0, 1],
    permutationInvariant: true,
    empty: () => emptyRanking,
    update: (ranking, batch) => mergeRankings(ranking, rankScored(batch)),
    merge: mergeRankings,
    compute: (ranking) => undefinedRoc(ranking) ?? read(rankingCurves([ranking])([1])),
    resampler: (units) => {
      const curves = rankingCurves(units);
      return (counts) => read(curves(counts));
    },
  });
