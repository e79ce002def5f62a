/** Natural logarithm for 0 < x < 1 by sums and products only: `Math.log` may differ in the last bit between engines. */
function logarithm(x: number): number {
  let exponent = 0;
  let mantissa = x;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const z = (mantissa - 1) / (mantissa + 1); // ln m = 2 (z + z^3 / 3 + z^5 / 5 + ...), |z| < 0.172
  const zz = z * z;
  let sum = 0;
  for (let power = 21; power >= 1; power -= 2) sum = sum * zz + 1 / power;
  return 2 * z * sum + exponent * Math.LN2;
}

// coefficients of P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003)
const a = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const b = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
];
const c = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const d = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];
const tail = 0.02425;

const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduce((sum, next) => sum * x + next, 0);

/**
 * The value below which a standard normal variable lies with probability p, 0 < p < 1; relative error below 1.2e-9.
 * Source: Acklam (2003). Only operations that IEEE 754 fixes to the bit, so that it is the same in every engine.
 */
export function inverseNormal(p: number): number {
  if (p > 1 - tail) return -inverseNormal(1 - p);
  if (p < tail) {
    const q = Math.sqrt(-2 * logarithm(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(a, r) * q) / polynomial(b, r);
}
