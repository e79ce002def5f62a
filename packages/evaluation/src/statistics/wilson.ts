import { errors } from "../errors.ts";
import type { Interval } from "./bootstrap.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Wilson score interval of a share, for independent trials; [NaN, NaN] without trials.
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson, JASA 22 (1927).
 */
export function wilsonInterval(successes: number, trials: number, { level = 0.95 }: { level?: number } = {}): Interval {
  if (!(level > 0 && level < 1))
    throw errors["bad-option"]({ name: "level", expected: "a number between 0 and 1", received: level });
  if (!(successes >= 0 && successes <= trials)) {
    throw errors["bad-option"]({ name: "successes", expected: `a number from 0 to ${trials}`, received: successes });
  }
  if (trials === 0) return { interval: [Number.NaN, Number.NaN], reason: "no trials" };
  const z = normalQuantile((1 + level) / 2);
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  // at 0 and at n the ends are 0 and 1; rounding would miss them
  const low = successes === 0 ? 0 : (centre - spread) / scale;
  const high = successes === trials ? 1 : (centre + spread) / scale;
  return { interval: [low, high] };
}
