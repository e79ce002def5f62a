/** A mean over repetitions, such as trainings with other seeds, and how sure it is. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation of one repetition, n - 1 in the denominator; null for a single one. */
  readonly deviation: number | null;
  /** mean -+ t(n - 1) deviation / sqrt(n), for normally distributed repetitions; null for a single one. */
  readonly interval: readonly [number, number] | null;
}

/**
 * Mean and t-interval. Of few values it is wide, as it should be: at 95 % the half width is 9 standard deviations for
 * two values, 2.5 for three and 1.2 for five. Source: Student, "The probable error of a mean", Biometrika 6 (1908).
 */
export function meanInterval(values: readonly number[], { level = 0.95 }: { level?: number } = {}): MeanInterval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { count, mean, deviation: null, interval: null };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const half = (studentQuantile((1 + level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, interval: [mean - half, mean + half] };
}

/** Quantile of Student's t distribution for a probability between 0 and 1, by bisection of its distribution function. */
export function studentQuantile(probability: number, freedom: number): number {
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -studentQuantile(1 - probability, freedom);
  let [low, high] = [0, 1];
  while (studentDistribution(high, freedom) < probability && high < Number.MAX_VALUE / 2) high *= 2;
  // down to neighbouring numbers
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentDistribution(middle, freedom) < probability) low = middle;
    else high = middle;
  }
  return high;
}

/** P(T <= t) for t >= 0: 1 - I(v / (v + t^2); v / 2, 1 / 2) / 2. Source: Abramowitz and Stegun 26.7.1, 26.5.27. */
const studentDistribution = (t: number, freedom: number): number =>
  1 - incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;

/** Regularised incomplete beta function. Source: Abramowitz and Stegun 26.5.8, evaluated by Lentz's method. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // the fraction converges fast on this side only
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  const guarded = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** Logarithm of the gamma function for x > 0, relative error about 1e-15. Source: Lanczos (1964), g = 7, nine terms. */
function logGamma(x: number): number {
  const [first, ...rest] = lanczos;
  const sum = rest.reduce((total, term, index) => total + term / (x + index), first!);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
