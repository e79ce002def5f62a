import type { Build, Value } from "@foveajs/graph";

/**
 * w ln(1 + |d| / e) where |d| < w, else |d| - C with C = w - w ln(1 + w / e), elementwise: small errors count more than
 * in L1, large ones the same. Source: Feng et al. 2018, arXiv:1711.06753, equation 5.
 */
export function wing(
  build: Build,
  difference: Value,
  { width, curvature }: { width: number; curvature: number },
): Value {
  const size = build.abs(difference);
  const inner = build.min(size, width);
  // beyond the width the logarithm stands still and the distance goes on
  return build.add(build.mul(build.log(build.add(build.mul(inner, 1 / curvature), 1)), width), build.sub(size, inner));
}
