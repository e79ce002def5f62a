import type { Build, Value } from "@foveajs/graph";

/** d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, elementwise (Girshick 2015, arXiv:1504.08083). */
export function smoothL1(build: Build, difference: Value, { beta = 1 } = {}): Value {
  const size = build.abs(difference);
  const inner = build.min(size, beta);
  // inner^2 / (2 beta) + (|d| - inner) is both branches in one: inner is |d| below beta and beta above
  return build.add(build.mul(build.mul(inner, inner), 0.5 / beta), build.sub(size, inner));
}
