import type { Classified } from "./classified.ts";
import { type ConfusionMatrix, emptyConfusion, mergeConfusions, updateConfusion } from "./confusion-matrix.ts";
import { type ClassValue, type DeclaredProperties, defineMetric, type MetricValue } from "./metric.ts";
import { weightedSums } from "./resampling.ts";

/** A metric that reads the confusion matrix; `compute` sees at least one sample. */
export function confusionMetric({
  compute,
  ...definition
}: Pick<DeclaredProperties, "name" | "range" | "symmetric"> & {
  readonly compute: (matrix: ConfusionMatrix) => MetricValue;
  readonly perClass?: (matrix: ConfusionMatrix) => readonly ClassValue[];
}) {
  const value = (matrix: ConfusionMatrix) => (matrix.counts.some((count) => count > 0) ? compute(matrix) : Number.NaN);
  return defineMetric<Classified, ConfusionMatrix>({
    unit: "fraction",
    higherIsBetter: true,
    permutationInvariant: true,
    ...definition,
    empty: emptyConfusion,
    update: updateConfusion,
    merge: mergeConfusions,
    compute: value,
    resampler: (units) => {
      const { classes } = units.reduce(mergeConfusions, emptyConfusion());
      const sums = weightedSums(units.map(({ counts }) => counts));
      return (counts) => {
        const drawn = value({ classes, counts: sums(counts) });
        return typeof drawn === "number" ? drawn : drawn.value;
      };
    },
  });
}
