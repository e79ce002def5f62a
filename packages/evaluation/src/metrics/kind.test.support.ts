/** Labels that stand for a missing one somewhere, and what a diverged model tells. */
export const mishaps = ["label -5", "label -1", "label 999", "label NaN", "prediction NaN"] as const;

/**
 * What becomes of a mishap: an error of this code, such an error or a wrong answer by the metric, the same as no such
 * sample, or why it is a value like any other.
 */
export type Fate<Batch> =
  | { readonly refused: Batch; readonly code: string }
  | { readonly refusedOrWrong: Batch; readonly code: string }
  | { readonly missing: Batch }
  | { readonly told: string };

/** Batches of one form, and what metrics that read them must bear. */
export interface Kind<Batch, Sample> {
  /** Makes batches of one sample (a generator of fast-check); equal values, empty classes and missed objects occur. */
  readonly sample: Sample;
  readonly join: (batches: readonly Batch[]) => Batch;
  readonly perfect: Batch;
  /** Predictions as truth and truth as predictions, where that has a meaning. */
  readonly swap?: (batch: Batch) => Batch;
  /** Samples without a label, where there is a way to say so. */
  readonly missing?: Batch;
  readonly mishaps: Readonly<Record<(typeof mishaps)[number], Fate<Batch>>>;
  /** Further batches with an error, and the code that it raises. */
  readonly planted: readonly { readonly batch: Batch; readonly code: string }[];
}

type LabelFates<Batch> = Readonly<Record<Exclude<(typeof mishaps)[number], "prediction NaN">, Fate<Batch>>>;

const labelFates = <Batch>(fateOf: (label: number) => Fate<Batch>): LabelFates<Batch> => ({
  "label -5": fateOf(-5),
  "label -1": fateOf(-1),
  "label 999": fateOf(999),
  "label NaN": fateOf(Number.NaN),
});

/** Any of these labels raises an error. */
export const labelsRefused = <Batch>(batchOf: (label: number) => Batch, code: string): LabelFates<Batch> =>
  labelFates((label) => ({ refused: batchOf(label), code }));

/** Any of these labels is none. */
export const labelsMissing = <Batch>(batchOf: (label: number) => Batch): LabelFates<Batch> =>
  labelFates((label) => ({ missing: batchOf(label) }));

/** Any of these labels is one like any other. */
export const labelsTold = <Batch>(told: string): LabelFates<Batch> => labelFates(() => ({ told }));
