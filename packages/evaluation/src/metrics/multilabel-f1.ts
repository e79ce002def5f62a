import { errors } from "../errors.ts";
import { type ClassValue, defineMetric, meanOfDefined, undefinedValue } from "./metric.ts";
import { weightedSums } from "./resampling.ts";

/**
 * Labels that may hold at once, such as action units: probabilities [N][L] and targets [N][L], 1 present, 0 absent;
 * any other target (−1, 999, NaN) is missing, never a negative.
 */
export interface Multilabelled {
  readonly probabilities: readonly ArrayLike<number>[];
  readonly targets: readonly ArrayLike<number>[];
}

/** Counts per label, [L][3]: hits, false ones, missed ones; of length 0 before the first sample. */
export type LabelCounts = Float64Array;

/**
 * Mean over labels of F1 = 2TP / (2TP + FP + FN), counts pooled over samples; a label is named from `threshold` up.
 * Labels with fewer than `minimumPositives` positives, or neither present nor named, are left out; `perClass` says so.
 */
export const multilabelF1 = ({
  threshold = 0.5,
  minimumPositives = 1,
}: {
  threshold?: number;
  minimumPositives?: number;
} = {}) => {
  if (Number.isNaN(threshold)) {
    throw errors["bad-option"]({ name: "threshold", expected: "a number", received: threshold });
  }
  if (!Number.isInteger(minimumPositives) || minimumPositives < 0) {
    const expected = "a whole number of at least 0";
    throw errors["bad-option"]({ name: "minimumPositives", expected, received: minimumPositives });
  }
  const perClass = (counts: LabelCounts): ClassValue[] =>
    Array.from({ length: counts.length / 3 }, (_, label) => {
      const [hits, falses, missed] = counts.subarray(3 * label) as unknown as [number, number, number];
      if (hits + missed < minimumPositives) {
        return { class: label, ...undefinedValue(`fewer than ${minimumPositives} positive samples`) };
      }
      if (hits + falses + missed === 0) return { class: label, ...undefinedValue("no positive and none named") };
      return { class: label, value: (2 * hits) / (2 * hits + falses + missed) };
    });
  const compute = (counts: LabelCounts) => meanOfDefined(perClass(counts), "no label with enough positive samples");
  return defineMetric<Multilabelled, LabelCounts>({
    name: "multilabel_f1",
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    ignoresMissing: true,
    empty: () => new Float64Array(0),
    update: (counts, batch) => mergeLabelCounts(counts, countLabels(batch, threshold)),
    merge: mergeLabelCounts,
    compute,
    perClass,
    resampler: (units) => {
      const sums = weightedSums(units);
      return (counts) => compute(sums(counts)).value;
    },
  });
};

function countLabels({ probabilities, targets }: Multilabelled, threshold: number): LabelCounts {
  if (probabilities.length !== targets.length) {
    throw errors["row-count"]({ where: "targets", expected: probabilities.length, received: targets.length });
  }
  const labels = probabilities[0]?.length ?? 0;
  const counts = new Float64Array(3 * labels);
  probabilities.forEach((row, i) => {
    for (const [where, { length }] of [
      ["probabilities", row],
      ["targets", targets[i]!],
    ] as const) {
      if (length !== labels)
        throw errors["label-count"]({ where: `${where}, row ${i}`, expected: labels, received: length });
    }
    for (let label = 0; label < labels; label++) {
      const [probability, target] = [row[label]!, targets[i]![label]!];
      if (Number.isNaN(probability)) {
        throw errors["bad-value"]({
          where: `probabilities, row ${i}, label ${label}`,
          expected: "a number",
          received: probability,
        });
      }
      const isNamed = probability >= threshold;
      if (target === 1) counts[3 * label + (isNamed ? 0 : 2)]!++;
      else if (target === 0 && isNamed) counts[3 * label + 1]!++;
    }
  });
  return counts;
}

function mergeLabelCounts(a: LabelCounts, b: LabelCounts): LabelCounts {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (a.length !== b.length) {
    throw errors["label-count"]({ where: "label counts", expected: a.length / 3, received: b.length / 3 });
  }
  return a.map((count, i) => count + b[i]!);
}
