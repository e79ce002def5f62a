/** Scores of samples and whether each has what is looked for. */
export interface Judgements {
  /** [N], 0 to 1. */
  readonly scores: ArrayLike<number>;
  /** [N] */
  readonly positives: readonly boolean[];
}

/** What choosing a threshold comes to, in F1. */
export interface ThresholdChoice {
  /** Best on all samples. */
  readonly threshold: number;
  /** Best on each half. */
  readonly halves: readonly [number, number];
  /** F1 at the threshold in use. */
  readonly usual: number;
  /** F1 at the best threshold, on the samples that chose it. */
  readonly naive: number;
  /** F1 with each half of the samples decided by the threshold that the other half chose. */
  readonly honest: number;
}

/** Thresholds that are tried: 0.05 to 0.95 in steps of 0.05. */
export const thresholdGrid: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/**
 * Chooses the threshold with the best F1 on all samples, and on each half for the other; of equal ones that nearest to the
 * one in use. A score at the threshold counts as told. NaN where there is no positive sample and none is told.
 */
export function chooseThreshold(
  { scores, positives }: Judgements,
  { isFirstHalf, usual = 0.5 }: { readonly isFirstHalf: (sample: number) => boolean; readonly usual?: number },
): ThresholdChoice {
  const all = [...positives.keys()];
  const first = all.filter(isFirstHalf);
  const second = all.filter((i) => !isFirstHalf(i));
  const told = (threshold: number) => (i: number) => scores[i]! >= threshold;
  const best = (samples: readonly number[]) => {
    let chosen = usual;
    let highest = f1(samples, positives, told(usual));
    for (const threshold of [...thresholdGrid].sort((a, b) => Math.abs(a - usual) - Math.abs(b - usual))) {
      const value = f1(samples, positives, told(threshold));
      if (value > highest) [chosen, highest] = [threshold, value];
    }
    return chosen;
  };
  const threshold = best(all);
  const halves = [best(first), best(second)] as const;
  return {
    threshold,
    halves,
    usual: f1(all, positives, told(usual)),
    naive: f1(all, positives, told(threshold)),
    honest: f1(all, positives, (i) => told(isFirstHalf(i) ? halves[1] : halves[0])(i)),
  };
}

/** 2 TP / (2 TP + FP + FN). */
function f1(samples: readonly number[], positives: readonly boolean[], isTold: (sample: number) => boolean): number {
  let [hits, others] = [0, 0];
  for (const i of samples) {
    if (isTold(i) && positives[i]) hits++;
    else if (isTold(i) || positives[i]) others++;
  }
  return (2 * hits) / (2 * hits + others);
}
