import type { Build, Value } from "@foveajs/graph";

/** sum(weights * values) / max(1, sum(weights)), a scalar: what has no label has weight 0 and does not count. */
export function maskedMean(build: Build, values: Value, weights: Value): Value {
  const total = build.reduceSum(build.mul(values, weights), { keepDims: false });
  return build.div(total, build.max(build.reduceSum(weights, { keepDims: false }), 1));
}
