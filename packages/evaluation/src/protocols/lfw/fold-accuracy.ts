import { defineMetric } from "../../metrics/metric.ts";

/** A pair with its fold and the similarity that was told, null where a face was missed. */
export interface AnsweredPair {
  readonly fold: number;
  readonly isSame: boolean;
  readonly similarity: number | null;
}

/** What one fold came to at the threshold of the others. */
export interface FoldScore {
  readonly fold: number;
  /** A pair is called the same from this similarity up; infinite where all or none is. */
  readonly threshold: number;
  readonly accuracy: number;
}

/**
 * The similarity from which pairs are called the same with the most right answers: midway between two neighbours, the
 * highest of several that are as good (the strictest). A missed pair is wrong at every threshold.
 */
export function bestThreshold(pairs: readonly AnsweredPair[]): number {
  const told = pairs.flatMap(({ similarity, isSame }) => (similarity === null ? [] : [{ similarity, isSame }]));
  told.sort((a, b) => b.similarity - a.similarity);
  let right = told.filter(({ isSame }) => !isSame).length;
  let [best, threshold] = [right, Number.POSITIVE_INFINITY];
  told.forEach(({ similarity, isSame }, i) => {
    right += isSame ? 1 : -1;
    const next = told[i + 1]?.similarity;
    if (next === similarity || right <= best) return; // equal ones are accepted together
    best = right;
    threshold = next === undefined ? Number.NEGATIVE_INFINITY : similarity + (next - similarity) / 2;
    // two neighbouring doubles have no middle
    if (next !== undefined && threshold <= next) threshold = similarity;
  });
  return threshold;
}

/** Whether a pair is told rightly at a threshold. */
export const isRight = ({ similarity, isSame }: AnsweredPair, threshold: number): boolean =>
  similarity !== null && similarity >= threshold === isSame;

/** Each fold by the threshold chosen on all others; at least two folds. */
export function foldScores(pairs: readonly AnsweredPair[]): FoldScore[] {
  const folds = [...new Set(pairs.map(({ fold }) => fold))].sort((a, b) => a - b);
  return folds.map((fold) => {
    const threshold = bestThreshold(pairs.filter((pair) => pair.fold !== fold));
    const own = pairs.filter((pair) => pair.fold === fold);
    return { fold, threshold, accuracy: own.filter((pair) => isRight(pair, threshold)).length / own.length };
  });
}

/** sqrt(Σ (a − mean)² / (n − 1)) / sqrt(n) over the accuracies of folds. Source: the LFW technical report (2007), 07-49. */
export function standardError(accuracies: readonly number[]): number {
  const n = accuracies.length;
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n);
}

/** A pair that was told rightly or not. */
export interface JudgedPair {
  readonly fold: number;
  readonly isHit: boolean;
}

/** Mean over folds of the share of right answers; in a draw, over those of its folds that have a pair. */
export const meanFoldAccuracy = () =>
  defineMetric({
    name: "accuracy",
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: (): readonly JudgedPair[] => [],
    update: (state: readonly JudgedPair[], pairs: readonly JudgedPair[]) => [...state, ...pairs],
    merge: (a, b) => [...a, ...b],
    compute: (pairs) => meanOver(pairs, () => 1),
    resampler: (units) => {
      const pairs = units.flatMap((unit, index) => unit.map((pair) => ({ ...pair, index })));
      return (counts) => meanOver(pairs, ({ index }) => counts[index]!);
    },
  });

function meanOver<Pair extends JudgedPair>(pairs: readonly Pair[], timesOf: (pair: Pair) => number): number {
  const hits: number[] = [];
  const counts: number[] = [];
  for (const pair of pairs) {
    const times = timesOf(pair);
    counts[pair.fold] = (counts[pair.fold] ?? 0) + times;
    hits[pair.fold] = (hits[pair.fold] ?? 0) + (pair.isHit ? times : 0);
  }
  let [sum, folds] = [0, 0];
  counts.forEach((count, fold) => {
    if (count === 0) return;
    sum += hits[fold]! / count;
    folds++;
  });
  return sum / folds;
}
