import type { Build, Value } from "@foveajs/graph";

/** Below this many labelled samples moments say nothing. */
const LEAST_SAMPLES = 8;
/** Keeps the quotient defined where neither side varies. */
const FLOOR = 1e-4;

/**
 * 1 - CCC of each column [1, D], over the samples of weight 1 only: CCC = 2 cov(x, y) / (var x + var y + (mean x - mean y)^2),
 * population moments. Columns with fewer than eight samples give their mean squared error instead; without a sample 0.
 * Lin 1989; Kollias et al. 2019, arXiv:1910.04855 use it as a loss.
 */
export function concordanceLoss(build: Build, predicted: Value, targets: Value, weights: Value): Value {
  const total = (x: Value) => build.reduceSum(build.mul(x, weights), { axes: [0] });
  const count = build.reduceSum(weights, { axes: [0] });
  const mean = (x: Value) => build.div(total(x), build.max(count, 1));
  const [x, y] = [mean(predicted), mean(targets)];
  const [dx, dy] = [build.sub(predicted, x), build.sub(targets, y)];
  const covariance = mean(build.mul(dx, dy));
  const apart = build.sub(x, y);
  const spread = build.add(
    build.add(mean(build.mul(dx, dx)), mean(build.mul(dy, dy))),
    build.add(build.mul(apart, apart), FLOOR),
  );
  const concordance = build.sub(1, build.div(build.mul(covariance, 2), spread));
  const difference = build.sub(predicted, targets);
  const squared = mean(build.mul(difference, difference));
  // 1 from LEAST_SAMPLES up, 0 below: counts are whole numbers
  const enough = build.clip(build.sub(count, LEAST_SAMPLES - 1), 0, 1);
  return build.add(build.mul(concordance, enough), build.mul(squared, build.sub(1, enough)));
}
