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

/** How far a metric may lie from its value by the number of samples, in words, and which number that is. */
interface Reach {
  readonly of: (value: number, n: number) => number;
  readonly words: string;
  readonly counted: keyof MeasuredSamples;
}

/**
 * Two standard errors of a share of n samples. Two hits and two misses are added, so that a share of 0 or 1 has a scatter too (Agresti
 * and Coull 1998, The American Statistician 52).
 */
const share = (value: number, n: number): number => {
  const adjusted = (value * n + 2) / (n + 4);
  return 2 * Math.sqrt((adjusted * (1 - adjusted)) / (n + 4));
};

const ofShare: Reach = { of: share, words: "standard errors of a share", counted: "total" };
// measured on the faces with all points or on those with five, and the card does not tell which set has which
const ofFaces: Reach = { ...ofShare, counted: "smallest" };

/** By name without the task: metrics whose scatter follows from the number of samples. All others may differ by `RELATIVE`. */
const reaches: Readonly<Record<string, Reach>> = {
  accuracy: ofShare,
  recall: ofShare,
  ap: ofShare,
  map50: ofShare,
  // a difference of two shares in each bin: it scatters as a share that may be anything
  ece: { ...ofShare, of: (_, n) => share(0.5, n), words: "standard errors of a share of one half" },
  failure_rate_10: ofFaces,
  five_failure_rate: ofFaces,
  // a Poisson count, one added so that none has a scatter too
  false_per_image: {
    of: (value, n) => (2 * Math.sqrt(value * n + 1)) / n,
    words: "standard errors of a count",
    counted: "total",
  },
};

/**
 * The bounds of a metric: its 95 % interval where there is one, two standard errors where the metric is a share or a count of samples and
 * their number is known, else 5 % of itself (a log loss at least 0.005).
 */
export function boundsOf(name: string, { value, interval }: Recorded, samples: MeasuredSamples | undefined): Bounds {
  if (interval) return { low: interval[0], high: interval[1], basis: "95 % interval of the card" };
  const metric = name.slice(name.lastIndexOf("/") + 1).replace(/^calibrated_/, "");
  const scatter = Object.hasOwn(reaches, metric) ? reaches[metric] : undefined;
  if (scatter && samples) {
    const n = samples[scatter.counted];
    const reach = scatter.of(value, n);
    return { low: value - reach, high: value + reach, basis: `two ${scatter.words}, ${n} samples` };
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
