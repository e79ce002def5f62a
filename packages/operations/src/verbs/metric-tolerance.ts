/** A metric as it was recorded, by the name that trainings give it: "expression/accuracy". */
export interface Recorded {
  readonly value: number;
  readonly interval?: readonly [number, number] | undefined;
}

/** How many samples a metric was measured on, where the data is told as in a card. */
export interface MeasuredSamples {
  /** Of all sets together. */
  readonly total: number;
  /** Of the smallest set. */
  readonly smallest: number;
}

/** Between what a metric of the same training may lie, and where the bounds come from. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly basis: string;
}

/** Share of itself by which a metric may differ that is neither a share nor a count of samples. */
const RELATIVE = 0.05;
/** Least reach of a log loss, in nats: where a model is nearly always sure, its loss moves by many times itself. */
const LEAST_NLL = 0.005;

type Reach = (value: number, samples: MeasuredSamples) => number;

/**
 * Two standard errors of a share of n samples. Two hits and two misses are added, so that a share of 0 or 1 has a scatter too (Agresti
 * and Coull 1998, The American Statistician 52).
 */
const share = (value: number, n: number): number => {
  const adjusted = (value * n + 2) / (n + 4);
  return 2 * Math.sqrt((adjusted * (1 - adjusted)) / (n + 4));
};

/** By name without the task: metrics whose scatter follows from the number of samples. All others may differ by `RELATIVE`. */
const reaches: Readonly<Record<string, readonly [Reach, string]>> = {
  accuracy: [(value, { total }) => share(value, total), "standard errors of a share"],
  recall: [(value, { total }) => share(value, total), "standard errors of a share"],
  ap: [(value, { total }) => share(value, total), "standard errors of a share"],
  map50: [(value, { total }) => share(value, total), "standard errors of a share"],
  // a difference of two shares in each bin: it scatters as a share that may be anything
  ece: [(_, { total }) => share(0.5, total), "standard errors of a share of one half"],
  // measured on the faces with all points or on those with five, and the card does not tell which set has which
  failure_rate_10: [(value, { smallest }) => share(value, smallest), "standard errors of a share"],
  five_failure_rate: [(value, { smallest }) => share(value, smallest), "standard errors of a share"],
  // a Poisson count, one added so that none has a scatter too
  false_per_image: [(value, { total }) => (2 * Math.sqrt(value * total + 1)) / total, "standard errors of a count"],
};

/**
 * The bounds of a metric: its 95 % interval where there is one, two standard errors where the metric is a share or a count of samples and
 * their number is known, else 5 % of itself (a log loss at least 0.005).
 */
export function boundsOf(name: string, { value, interval }: Recorded, samples: MeasuredSamples | undefined): Bounds {
  if (interval) return { low: interval[0], high: interval[1], basis: "95 % interval of the card" };
  const metric = name.slice(name.lastIndexOf("/") + 1).replace(/^calibrated_/, "");
  const [reachOf, words] = (Object.hasOwn(reaches, metric) && reaches[metric]) || [];
  if (reachOf && samples) {
    const reach = reachOf(value, samples);
    const count = metric.includes("failure_rate") ? samples.smallest : samples.total;
    return { low: value - reach, high: value + reach, basis: `two ${words}, ${count} samples` };
  }
  const reach = Math.max(RELATIVE * Math.abs(value), metric === "nll" ? LEAST_NLL : 0);
  const basis = reach > RELATIVE * Math.abs(value) ? `${LEAST_NLL} either way` : `${100 * RELATIVE} % of itself`;
  return { low: value - reach, high: value + reach, basis };
}

/** The numbers of samples in "mtfl valid (839), landmarks68 valid (121)"; undefined where none is told. */
export function samplesOf(data: string): MeasuredSamples | undefined {
  const counts = [...data.matchAll(/\((\d+)\)/g)].map(([, count]) => Number(count));
  if (counts.length === 0) return undefined;
  return { total: counts.reduce((sum, count) => sum + count, 0), smallest: Math.min(...counts) };
}
