import { errors } from "../errors.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import { seededRandom } from "./random.ts";

/** Numbers of two results over the same units, side by side. */
export interface Sides {
  /** How many units each side has. */
  readonly units: number;
  /** Second minus first of each number as the sides are [width]; NaN where undefined. */
  readonly differences: readonly number[];
  /** The numbers [width] of the whole in which unit i of both sides [2 * units], the first side's first, occurs counts[i] times. */
  readonly resample: (counts: ArrayLike<number>) => ArrayLike<number>;
}

/**
 * How often each difference, where the results of each unit change sides at random, is as large as it is: two-sided, in
 * every way of changing sides where there are no more ways than `resamples`. NaN where the difference is undefined; draws
 * in which it is are left out. Source: Good, Permutation, Parametric and Bootstrap Tests (2005).
 */
export function permutationPValues(
  { units, differences, resample }: Sides,
  { seed, resamples = 2000 }: Omit<BootstrapOptions, "level">,
): number[] {
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw errors["bad-option"]({ name: "resamples", expected: "a whole number of at least 1", received: resamples });
  }
  const sides = [new Uint32Array(2 * units), new Uint32Array(2 * units)] as const;
  const random = seededRandom(seed);
  const isExact = 2 ** units <= resamples;
  // the same sides give the same value up to rounding
  const least = differences.map((difference) => Math.abs(difference) * (1 - 1e-12));
  const start = isExact ? 0 : 1; // the sides as they are count as one draw
  const extreme = differences.map(() => start);
  const drawn = differences.map(() => start);
  for (let draw = 0; draw < (isExact ? 2 ** units : resamples); draw++) {
    for (let unit = 0; unit < units; unit++) {
      const changes = isExact ? (draw >>> unit) & 1 : random() < 0.5 ? 1 : 0;
      sides[0][unit] = sides[1][units + unit] = 1 - changes;
      sides[0][units + unit] = sides[1][unit] = changes;
    }
    const [first, second] = [resample(sides[0]), resample(sides[1])];
    for (let i = 0; i < differences.length; i++) {
      const permuted = second[i]! - first[i]!;
      if (Number.isNaN(permuted)) continue;
      drawn[i]!++;
      if (Math.abs(permuted) >= least[i]!) extreme[i]!++;
    }
  }
  return differences.map((difference, i) => (Number.isNaN(difference) ? Number.NaN : extreme[i]! / drawn[i]!));
}
