import { errors } from "../errors.ts";
import { type Metric, mergeStates } from "../metrics/metric.ts";
import { type BootstrapOptions, bootstrapInterval, type Measured } from "./bootstrap.ts";
import { seededRandom } from "./random.ts";

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

/**
 * Two-sided permutation test of a metric's difference: results of each unit change sides at random, or in every way
 * where there are no more ways than `resamples`. Source: Good, Permutation, Parametric and Bootstrap Tests (2005).
 */
export function pairedPermutationTest<State>(
  metric: PairedMetric<State>,
  { first, second }: PairedStates<State>,
  { seed, resamples = 2000 }: Omit<BootstrapOptions, "level">,
): Significance & Pick<Measured, "value"> {
  checkLength("second", first.length, second.length);
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw errors["bad-option"]({ name: "resamples", expected: "a whole number of at least 1", received: resamples });
  }
  const { value, reason } = difference(metric, { first, second });
  if (Number.isNaN(value)) return { value, pValue: Number.NaN, reason: reason ?? "undefined in one of the results" };
  const units = first.length;
  const resample = metric.resampler([...first, ...second]);
  const sides = [new Uint32Array(2 * units), new Uint32Array(2 * units)] as const;
  const random = seededRandom(seed);
  const isExact = 2 ** units <= resamples;
  const least = Math.abs(value) * (1 - 1e-12); // the same sides give the same value up to rounding
  let [extreme, drawn] = isExact ? [0, 0] : [1, 1]; // the sides as they are count as one draw
  for (let draw = 0; draw < (isExact ? 2 ** units : resamples); draw++) {
    for (let unit = 0; unit < units; unit++) {
      const changes = isExact ? (draw >>> unit) & 1 : random() < 0.5 ? 1 : 0;
      sides[0][unit] = sides[1][units + unit] = 1 - changes;
      sides[0][units + unit] = sides[1][unit] = changes;
    }
    const permuted = resample(sides[1]) - resample(sides[0]);
    if (Number.isNaN(permuted)) continue;
    drawn++;
    if (Math.abs(permuted) >= least) extreme++;
  }
  return { value, pValue: extreme / drawn };
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
