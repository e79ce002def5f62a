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
  options: BootstrapOptions,
): Interval {
  const prepare = () => {
    const resample = metric.resampler(units);
    return (counts: ArrayLike<number>) => [resample(counts)];
  };
  return bootstrapIntervals({ units: units.length, width: 1, prepare }, options)[0]!;
}

/** Numbers of one draw: how many units and numbers there are, and what prepares the way from counts to numbers. */
export interface JointDraws {
  readonly units: number;
  readonly width: number;
  /** The numbers [width], NaN where undefined, of the whole in which unit i occurs counts[i] times. */
  readonly prepare: () => (counts: ArrayLike<number>) => ArrayLike<number>;
}

/** As `bootstrapInterval`, of several numbers that are read off the same draws: one interval each. */
export function bootstrapIntervals(
  { units, width, prepare }: JointDraws,
  { seed, resamples = 2000, level = 0.95 }: BootstrapOptions,
): readonly Interval[] {
  if (!(level > 0 && level < 1))
    throw errors["bad-option"]({ name: "level", expected: "a number between 0 and 1", received: level });
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw errors["bad-option"]({ name: "resamples", expected: "a whole number of at least 1", received: resamples });
  }
  const values = Array.from({ length: width }, (): number[] => []);
  if (units < 2) return values.map(() => undefinedInterval(units === 0 ? "no units" : "one unit does not vary"));
  const random = seededRandom(seed);
  const resample = prepare();
  const counts = new Uint32Array(units);
  for (let draw = 0; draw < resamples; draw++) {
    counts.fill(0);
    for (let i = 0; i < units; i++) counts[Math.floor(random() * units)]!++;
    const drawn = resample(counts);
    for (let i = 0; i < width; i++) if (!Number.isNaN(drawn[i]!)) values[i]!.push(drawn[i]!);
  }
  return values.map((defined) => {
    if (defined.length === 0) return undefinedInterval("undefined in every draw");
    const sorted = Float64Array.from(defined).sort();
    return { interval: [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)] };
  });
}

/** The numbers, by name, of the whole in which unit i occurs counts[i] times; the names are always the same. */
export type DrawnValues<Name extends string = string> = (
  counts: ArrayLike<number>,
) => Readonly<Record<Name, MetricValue>>;

/** The metric over all units and its bootstrap interval. */
export function measure<State>(
  metric: Pick<Metric<never, State>, "empty" | "merge" | "compute" | "resampler">,
  units: readonly State[],
  options: BootstrapOptions,
): Measured {
  return withInterval(metric.compute(mergeStates(metric, units)), bootstrapInterval(metric, units, options));
}

/** As `measure`, of several numbers by name that are read off one costly evaluation of all units, and of each draw. */
export function measureTogether<Name extends string>(
  evaluate: DrawnValues<Name>,
  { units, ...options }: BootstrapOptions & { /** How many. */ readonly units: number },
): Record<Name, Measured> {
  const whole = evaluate(new Uint32Array(units).fill(1));
  const names = Object.keys(whole) as Name[];
  const prepare = () => (counts: ArrayLike<number>) => {
    const drawn = evaluate(counts);
    return names.map((name) => drawn[name].value);
  };
  const intervals = bootstrapIntervals({ units, width: names.length, prepare }, options);
  const measured = names.map((name, i) => [name, withInterval(whole[name], intervals[i]!)]);
  return Object.fromEntries(measured) as Record<Name, Measured>;
}

function withInterval({ value, reason }: MetricValue, { interval, reason: intervalReason }: Interval): Measured {
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
