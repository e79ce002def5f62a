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
  /** Batches with an error, and the code that it raises. */
  readonly planted: readonly { readonly batch: Batch; readonly code: string }[];
}
