/** Learning rate as a share of its peak, from the share of the training that is done (0 to 1). */
export type Schedule = (progress: number) => number;

/** Course of a learning rate, all of it in shares. */
export interface WarmupCosineOptions {
  /** Share of the training in which the rate rises linearly. */
  readonly warmup?: number;
  /** Share of the peak at the first step. */
  readonly start?: number;
  /** Share of the peak at the end. */
  readonly end?: number;
}

/** Linear rise, then half a cosine down (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts). */
export const warmupCosine =
  ({ warmup = 0.1, start = 0.02, end = 0.001 }: WarmupCosineOptions = {}): Schedule =>
  (progress) => {
    if (progress < warmup) return start + (1 - start) * (progress / warmup);
    const share = warmup >= 1 ? 1 : (progress - warmup) / (1 - warmup);
    return end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, share)));
  };

/** Linear rise, then constant. */
export const warmupConstant =
  ({ warmup = 0, start = 0.02 }: Pick<WarmupCosineOptions, "warmup" | "start"> = {}): Schedule =>
  (progress) =>
    progress < warmup ? start + (1 - start) * (progress / warmup) : 1;
