import { type MetricValue, meanOfDefined, undefinedValue } from "../../metrics/metric.ts";
import { weightedSums } from "../../metrics/resampling.ts";
import type { Component, Values } from "../components.ts";

/** One sample with labels that may hold at once. */
export interface LabelledRow {
  /** 1 present, 0 absent, anything else missing. */
  readonly targets: readonly number[];
  /** Whether each label was named; null where the face was missed. */
  readonly named: readonly boolean[] | null;
  /** Counts are pooled within a fold, and values averaged over folds. */
  readonly fold: number;
}

export interface LabelComponentOptions {
  readonly labels: readonly string[];
  /** Number of folds. */
  readonly folds?: number;
  /** Key in results of the F1 of a label. */
  readonly key: (label: string) => string;
}

/** Counts of one label in one fold: hits, false ones, missed ones, rightly absent ones, absent ones of missed faces. */
const CELLS = 5;

/**
 * Of labels that may hold at once, with targets that may be missing: the F1 of each, their mean `mean_f1`, and the mean
 * of their accuracies `mean_accuracy`. F1 = 2TP / (2TP + FP + FN) and accuracy = (TP + TN) / n over the labelled samples
 * of a fold. A label that is neither present nor named in a fold is left out of both means there. A missed face names
 * nothing: its positives are missed, and its negatives are wrong in the accuracy.
 */
export function labelComponent(
  units: readonly (readonly LabelledRow[])[],
  { labels, folds = 1, key }: LabelComponentOptions,
): Component {
  const width = labels.length * CELLS;
  const states = units.map((rows) => {
    const counts = new Uint32Array(folds * width);
    for (const { targets, named, fold } of rows) {
      for (let label = 0; label < labels.length; label++) {
        const target = targets[label];
        if (target !== 0 && target !== 1) continue;
        counts[fold * width + label * CELLS + cellOf(target, named?.[label])]!++;
      }
    }
    return counts;
  });
  const values = (counts: ArrayLike<number>): Values => {
    const scores = labels.map((_, label) =>
      Array.from({ length: folds }, (_, fold) => scoresOf(counts, fold * width + label * CELLS)),
    );
    const all = scores.flat();
    return {
      mean_f1: meanOfDefined(
        all.map(({ f1 }) => f1),
        none,
      ),
      mean_accuracy: meanOfDefined(
        all.map(({ accuracy }) => accuracy),
        none,
      ),
      ...Object.fromEntries(
        labels.map((label, i) => {
          const f1 = scores[i]!.map((score) => score.f1);
          return [key(label), meanOfDefined(f1, f1[0]!.reason ?? none)];
        }),
      ),
    };
  };
  const sums = weightedSums(states);
  return (counts) => values(sums(counts));
}

const none = "no positive and none named";

function cellOf(target: 0 | 1, isNamed: boolean | undefined): number {
  if (target === 1) return isNamed ? 0 : 2;
  return isNamed === undefined ? 4 : isNamed ? 1 : 3;
}

function scoresOf(
  counts: ArrayLike<number>,
  start: number,
): { readonly f1: MetricValue; readonly accuracy: MetricValue } {
  const [hits = 0, falses = 0, missed = 0, absent = 0, lost = 0] = Array.from(
    { length: CELLS },
    (_, cell) => counts[start + cell] ?? 0,
  );
  const labelled = hits + falses + missed + absent + lost;
  if (hits + falses + missed === 0) {
    const value = undefinedValue(labelled === 0 ? "no labelled sample" : none);
    return { f1: value, accuracy: value };
  }
  return {
    f1: { value: (2 * hits) / (2 * hits + falses + missed) },
    accuracy: { value: (hits + absent) / labelled },
  };
}
