import { errors } from "../errors.ts";
import { type Metric, type MetricValue, mergeStates } from "../metrics/metric.ts";
import {
  type BootstrapOptions,
  bootstrapInterval,
  bootstrapIntervals,
  type DrawnValues,
  type Measured,
} from "./bootstrap.ts";
import { permutationPValues } from "./permutation.ts";

/** The chance, 0 to 1, of a difference as large as this one if there were none; NaN where undefined, with a reason. */
export interface Significance {
  readonly pValue: number;
  readonly reason?: string;
}

/** How often only one of two results was right, and what it means. */
export interface McNemar extends Significance {
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/**
 * Second minus first value of a metric on the same units, and its percentile bootstrap interval: each draw takes the
 * same units of both. Unit i of both lists is the same picture, subject, ... (`statesByGroup`).
 * Source: Efron & Tibshirani (1993), 13.3.
 */
export function pairedBootstrap<State>(
  metric: PairedMetric<State>,
  { first, second }: PairedStates<State>,
  options: BootstrapOptions,
): Measured {
  checkLength("second", first.length, second.length);
  const resamplers = [metric.resampler(first), metric.resampler(second)] as const;
  const resampler = () => (counts: ArrayLike<number>) => resamplers[1](counts) - resamplers[0](counts);
  const { interval, reason: intervalReason } = bootstrapInterval({ resampler }, first, options);
  const { value, reason } = difference(metric, { first, second });
  const why = reason ?? intervalReason;
  return { value, interval, ...(why === undefined ? {} : { reason: why }) };
}

/** Two-sided permutation test of a metric's difference, see `permutationPValues`. */
export function pairedPermutationTest<State>(
  metric: PairedMetric<State>,
  { first, second }: PairedStates<State>,
  options: Omit<BootstrapOptions, "level">,
): Significance & Pick<Measured, "value"> {
  checkLength("second", first.length, second.length);
  const { value, reason } = difference(metric, { first, second });
  const prepared = metric.resampler([...first, ...second]);
  const resample = (counts: ArrayLike<number>) => [prepared(counts)];
  const [pValue = Number.NaN] = permutationPValues({ units: first.length, differences: [value], resample }, options);
  return Number.isNaN(value) ? { value, pValue, reason: reason ?? undefinedInOne } : { value, pValue };
}

/** What paired tests say of one number: second minus first, its interval, and the p-value. */
export interface PairedDifference extends Measured, Significance {}

/**
 * As `pairedBootstrap` and `pairedPermutationTest`, of several numbers that are read off one costly evaluation of each
 * draw. `both` evaluates the units of first and, after them, those of second.
 */
export function pairedTestsTogether<Name extends string>(
  { first, second, both }: Readonly<Record<"first" | "second" | "both", DrawnValues<Name>>>,
  { units, ...options }: BootstrapOptions & { /** How many each has. */ readonly units: number },
): Record<Name, PairedDifference> {
  const whole = new Uint32Array(units).fill(1);
  const [before, after] = [first(whole), second(whole)];
  const names = Object.keys(before) as Name[];
  const differences = names.map((name) => after[name].value - before[name].value);
  const list = (values: Readonly<Record<Name, MetricValue>>) => names.map((name) => values[name].value);
  const prepare = () => (counts: ArrayLike<number>) => {
    const [drawn, other] = [list(first(counts)), list(second(counts))];
    return other.map((value, i) => value - drawn[i]!);
  };
  const intervals = bootstrapIntervals({ units, width: names.length, prepare }, options);
  const pValues = permutationPValues({ units, differences, resample: (counts) => list(both(counts)) }, options);
  const tested = names.map((name, i): [Name, PairedDifference] => {
    const { interval, reason: untold } = intervals[i]!;
    const value = differences[i]!;
    const undefinedFor = before[name].reason ?? after[name].reason ?? (Number.isNaN(value) ? undefinedInOne : untold);
    return [
      name,
      { value, interval, pValue: pValues[i]!, ...(undefinedFor === undefined ? {} : { reason: undefinedFor }) },
    ];
  });
  return Object.fromEntries(tested) as Record<Name, PairedDifference>;
}

/**
 * Exact two-sided McNemar test of two lists of hits (1 right, 0 wrong) on the same units [N]: under no difference, of
 * the units that only one got right each is equally likely to have either. Source: McNemar, Psychometrika 12 (1947).
 */
export function mcnemarTest({ first, second }: { first: ArrayLike<number>; second: ArrayLike<number> }): McNemar {
  checkLength("second", first.length, second.length);
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    for (const [where, hit] of [
      ["first", first[i]!],
      ["second", second[i]!],
    ] as const) {
      if (hit !== 0 && hit !== 1)
        throw errors["bad-target"]({ where: `${where}, row ${i}`, classes: 2, received: hit });
    }
    if (first[i]! > second[i]!) onlyFirst++;
    if (first[i]! < second[i]!) onlySecond++;
  }
  if (onlyFirst + onlySecond === 0) {
    return { onlyFirst, onlySecond, pValue: Number.NaN, reason: "no unit that only one of the results got right" };
  }
  return { onlyFirst, onlySecond, pValue: evenOddsPValue(onlyFirst, onlySecond) };
}

/** The same units measured twice. */
export interface PairedStates<State> {
  readonly first: readonly State[];
  readonly second: readonly State[];
}

type PairedMetric<State> = Pick<Metric<never, State>, "empty" | "merge" | "compute" | "resampler">;

const undefinedInOne = "undefined in one of the results";

function difference<State>(metric: PairedMetric<State>, { first, second }: PairedStates<State>) {
  const [before, after] = [first, second].map((units) => metric.compute(mergeStates(metric, units)));
  const reason = before!.reason ?? after!.reason;
  return { value: after!.value - before!.value, ...(reason === undefined ? {} : { reason }) };
}

/** 2 Σ_{k ≤ min} C(n, k) / 2^n, at most 1. */
function evenOddsPValue(a: number, b: number): number {
  const n = a + b;
  let logTerm = -n * Math.LN2; // as a logarithm, since 2^-n may be 0
  let sum = 0;
  for (let k = 0; k <= Math.min(a, b); k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * sum);
}

function checkLength(where: string, expected: number, received: number): void {
  if (expected !== received) throw errors["row-count"]({ where, expected, received });
}
