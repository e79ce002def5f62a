/** What a ranking came to: the scores of hits and of false ones, and how many there were to find (missed ones too). */
export interface Ranking {
  readonly positives: number;
  readonly hits: readonly number[];
  readonly falses: readonly number[];
}

/**
 * How the area under the precision-recall curve is taken:
 * - `step`: Σ (R_n − R_{n−1}) P_n, uninterpolated, as scikit-learn's average_precision_score;
 * - `envelope`: precision first made non-increasing from the right, as PASCAL VOC 2010 and later ("all-point");
 * - `eleven-point`: mean over t = 0, 0.1, ..., 1 of the largest precision at recall of at least t, as VOC 2007.
 * Source: Everingham et al., The PASCAL VOC Challenge (2010), and its development kit.
 */
export type Interpolation = "step" | "envelope" | "eleven-point";

/** Before any sample. */
export const emptyRanking: Ranking = { positives: 0, hits: [], falses: [] };

/** Both rankings as one. */
export const mergeRankings = (a: Ranking, b: Ranking): Ranking => ({
  positives: a.positives + b.positives,
  hits: [...a.hits, ...b.hits],
  falses: [...a.falses, ...b.falses],
});

/** Hits and false ones at and above a score, at each distinct score, from the highest down. */
export interface RankingCurve {
  readonly positives: number;
  readonly hits: Float64Array;
  readonly falses: Float64Array;
}

/**
 * Sorts the outcomes of units once; the result maps counts (how often each unit occurs) to the curve of the whole.
 * Equal scores enter together, so that their order does not matter.
 */
export function rankingCurves(units: readonly Ranking[]): (counts: ArrayLike<number>) => RankingCurve {
  const outcomes = units
    .flatMap(({ hits, falses }, unit) => [
      ...hits.map((score) => ({ score, isHit: 1, unit })),
      ...falses.map((score) => ({ score, isHit: 0, unit })),
    ])
    .sort((a, b) => b.score - a.score);
  const isHit = Uint8Array.from(outcomes, (outcome) => outcome.isHit);
  const unitOf = Uint32Array.from(outcomes, (outcome) => outcome.unit);
  let levels = 0;
  const levelOf = Uint32Array.from(outcomes, ({ score }, i) => (score === outcomes[i + 1]?.score ? levels : levels++));
  return (counts) => {
    const hits = new Float64Array(levels);
    const falses = new Float64Array(levels);
    let hitCount = 0;
    let falseCount = 0;
    for (let i = 0; i < levelOf.length; i++) {
      if (isHit[i] === 1) hitCount += counts[unitOf[i]!]!;
      else falseCount += counts[unitOf[i]!]!;
      hits[levelOf[i]!] = hitCount;
      falses[levelOf[i]!] = falseCount;
    }
    return { positives: units.reduce((sum, { positives }, i) => sum + positives * counts[i]!, 0), hits, falses };
  };
}

/** Area under the precision-recall curve, 0 to 1; NaN where there was nothing to find. */
export function areaUnderCurve({ positives, hits, falses }: RankingCurve, interpolation: Interpolation): number {
  if (positives === 0) return Number.NaN;
  const precision = hits.map((hit, i) => (hit === 0 ? 0 : hit / (hit + falses[i]!)));
  if (interpolation !== "step") {
    for (let i = precision.length - 2; i >= 0; i--) precision[i] = Math.max(precision[i]!, precision[i + 1]!);
  }
  if (interpolation === "eleven-point") {
    const levels = Array.from({ length: 11 }, (_, t) => {
      const first = hits.findIndex((hit) => 10 * hit >= t * positives); // whole numbers: no 0.1 * 3 > 0.3
      return first < 0 ? 0 : precision[first]!;
    });
    return levels.reduce((sum, level) => sum + level, 0) / 11;
  }
  let area = 0;
  for (let i = 0; i < precision.length; i++) area += precision[i]! * (hits[i]! - (i === 0 ? 0 : hits[i - 1]!));
  return area / positives;
}
