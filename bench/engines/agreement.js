/** Running variances are unbiased, n / (n - 1) times those that normalised the batch. */
export function asComputed({ network }, state, batch) {
  const corrected = new Map(state);
  for (const { layer, statistics, shape } of network.layers) {
    if (layer !== "batchNormalization") continue;
    const slot = `statistic/${statistics}.variance`;
    const count = batch * shape[1] * shape[2];
    corrected.set(
      slot,
      state.get(slot).map((value) => (value * (count - 1)) / count),
    );
  }
  return corrected;
}

/** The largest difference, relative to the largest number of the second. */
export function largestDifference(received, expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return received.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index])), 0) / largest;
}
