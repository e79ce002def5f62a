import { errors } from "../errors.ts";
import { type Metric, type MetricValue, mergeStates } from "../metrics/metric.ts";
import { quantile } from "./quantile.ts";
import { seededRandom } from "./random.ts";

/** Options of a bootstrap. */
export interface BootstrapOptions {
  /** Whole number; the same seed gives the same interval. */
  readonly seed: number;
  /** Number of draws. */
  readonly resamples?: number;
  /** Confidence, between 0 and 1. */
  readonly level?: number;
}

/** Low and high end, both NaN where undefined; then `reason` says why. */
export interface Interval {
  readonly interval: readonly [low: number, high: number];
  readonly reason?: string;
}

/** A value and its interval. */
export interface Measured extends MetricValue {
  readonly interval: readonly [low: number, high: number];
}

/**
 * Percentile bootstrap interval of a metric over independent units: each draw takes as many units as there are, with
 * replacement. Give one state for each picture, subject, video or identity, whatever must not be torn apart
 * (`statesByGroup`). Draws in which the metric is undefined are left out. Source: Efron & Tibshirani (1993), 13.3.
 */
export function bootstrapInterval<State>(
  metric: Pick<Metric<never, State>, "resampler">,
  units: readonly State[],
  { seed, resamples = 2000, level = 0.95 }: BootstrapOptions,
): Interval {
  if (!(level > 0 && level < 1))
    throw errors["bad-option"]({ name: "level", expected: "a number between 0 and 1", received: level });
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw errors["bad-option"]({ name: "resamples", expected: "a whole number of at least 1", received: resamples });
  }
  if (units.length < 2) return undefinedInterval(units.length === 0 ? "no units" : "one unit does not vary");
  const random = seededRandom(seed);
  const resample = metric.resampler(units);
  const counts = new Uint32Array(units.length);
  const values: number[] = [];
  for (let draw = 0; draw < resamples; draw++) {
    counts.fill(0);
    for (let i = 0; i < units.length; i++) counts[Math.floor(random() * units.length)]!++;
    const value = resample(counts);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return undefinedInterval("undefined in every draw");
  const sorted = Float64Array.from(values).sort();
  return { interval: [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)] };
}

/** The metric over all units and its bootstrap interval. */
export function measure<State>(
  metric: Pick<Metric<never, State>, "empty" | "merge" | "compute" | "resampler">,
  units: readonly State[],
  options: BootstrapOptions,
): Measured {
  const { value, reason } = metric.compute(mergeStates(metric, units));
  const { interval, reason: intervalReason } = bootstrapInterval(metric, units, options);
  const why = reason ?? intervalReason;
  return { value, interval, ...(why === undefined ? {} : { reason: why }) };
}

/** One state for each group, in the order in which groups first appear; `batch` holds the samples of one group. */
export function statesByGroup<Batch, State>(
  metric: Pick<Metric<Batch, State>, "empty" | "update">,
  samples: Iterable<{ readonly group: string; readonly batch: Batch }>,
): State[] {
  const states = new Map<string, State>();
  for (const { group, batch } of samples) {
    states.set(group, metric.update(states.has(group) ? states.get(group)! : metric.empty(), batch));
  }
  return [...states.values()];
}

const undefinedInterval = (reason: string): Interval => ({ interval: [Number.NaN, Number.NaN], reason });
