import { emptyRanking, mergeRankings, type Ranking, rankingCurves } from "../../metrics/precision-recall.ts";
import type { Outcome } from "../../protocols/outcomes.ts";
import type { CurveSection } from "../report-input.ts";

/** The rankings that samples added to a metric, as one; undefined where none did. */
export function rankingOf(outcomes: readonly Outcome[], metric: string): Ranking | undefined {
  const told = outcomes.flatMap(({ values }) => {
    const value = values[metric];
    return value !== undefined && "hits" in value ? [value] : [];
  });
  return told.length === 0 ? undefined : told.reduce(mergeRankings, emptyRanking);
}

/** Points of precision over recall at each score, from the highest down. */
export function precisionRecallPoints(ranking: Ranking): [recall: number, precision: number][] {
  const { positives, hits, falses } = rankingCurves([ranking])([1]);
  return Array.from(hits, (hit, i) => [hit / positives, hit / (hit + falses[i]!)]);
}

/** Points of the share of positives over the share of negatives from each score up, from none to all. */
export function rocPoints(ranking: Ranking): [falsePositives: number, truePositives: number][] {
  const { positives, hits, falses } = rankingCurves([ranking])([1]);
  const negatives = ranking.falses.length;
  return [[0, 0], ...Array.from(hits, (hit, i): [number, number] => [falses[i]! / negatives, hit / positives])];
}

/** Where a ranking stands at a threshold: hits and false ones from it up. */
export const countsAt = ({ hits, falses }: Ranking, threshold: number): { hits: number; falses: number } => ({
  hits: hits.filter((score) => score >= threshold).length,
  falses: falses.filter((score) => score >= threshold).length,
});

/** The precision-recall curve, with the point of a threshold. */
export function precisionRecallCurve(
  ranking: Ranking,
  { threshold, readings }: { readonly threshold: number; readonly readings: CurveSection["readings"] },
): CurveSection {
  const at = countsAt(ranking, threshold);
  const isTold = at.hits + at.falses > 0 && ranking.positives > 0;
  return {
    kind: "curve",
    title: "Precision and recall",
    summary: "Precision: of the finds, those that are right. Recall: of what there is to find, the share found.",
    x: { label: "recall", range: [0, 1], unit: "fraction" },
    y: { label: "precision", range: [0, 1], unit: "fraction" },
    lines: [{ name: "finds by score", role: "result", points: precisionRecallPoints(ranking) }],
    points: isTold
      ? [{ x: at.hits / ranking.positives, y: at.hits / (at.hits + at.falses), label: `threshold ${threshold}` }]
      : [],
    guides: [],
    readings,
  };
}
