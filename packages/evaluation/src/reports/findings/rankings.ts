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

/** The score from which F1 of a ranking is largest, the highest of equal ones, cut to four digits; 0 where nothing was found. */
export function bestThreshold(ranking: Ranking): number {
  const scores = [...new Set([...ranking.hits, ...ranking.falses])].sort((a, b) => b - a);
  const { hits, falses } = rankingCurves([ranking])([1]);
  let [best, threshold] = [-1, 0];
  scores.forEach((score, i) => {
    const f1 = (2 * hits[i]!) / (hits[i]! + falses[i]! + ranking.positives);
    if (f1 > best) [best, threshold] = [f1, score];
  });
  if (threshold === 0) return 0;
  const digits = 10 ** (3 - Math.floor(Math.log10(Math.abs(threshold))));
  return Number((Math.floor(threshold * digits) / digits).toPrecision(4)); // never above, so that the find itself counts
}

/** Precision over recall as the area under it is taken: the largest precision at this recall or above it, in steps. */
export function envelopePoints(ranking: Ranking): [recall: number, precision: number][] {
  const points = precisionRecallPoints(ranking);
  for (let i = points.length - 2; i >= 0; i--) points[i]![1] = Math.max(points[i]![1], points[i + 1]![1]);
  let before = 0;
  const steps = points.flatMap(([recall, precision]): [number, number][] => {
    if (recall === before) return [];
    const step: [number, number][] = [
      [before, precision],
      [recall, precision],
    ];
    before = recall;
    return step;
  });
  return steps.length === 0 ? [] : [...steps, [before, 0]];
}
