import type { Value } from "../ir/builder.ts";
import { extents, type GradientRule, unsupported } from "./rule.ts";

/**
 * y = gamma (x - m) / sqrt(v + epsilon) + beta, m and v being the batch's own. With n elements a channel, i = 1 / sqrt(v + epsilon):
 * dbeta = sum dy, dgamma = i sum dy (x - m), dx = gamma i (dy - dbeta / n - (x - m) i dgamma / n).
 * Ioffe and Szegedy 2015, arXiv:1502.03167, section 3. The statistics are not differentiated as outputs.
 */
export const trainingNormalization: GradientRule = ({
  build,
  node,
  inputs: [x, scale],
  outputs: [, mean, variance],
  dy,
}) => build.normalizationGrad([dy, x!, scale!, mean!, variance!], node.attributes);

/**
 * Inference form, y = scale (x - mean) / sqrt(variance + epsilon) + bias with constant statistics:
 * dx = dy scale i, dscale = i sum dy (x - mean), dbias = sum dy, i = 1 / sqrt(variance + epsilon).
 */
export const frozenNormalization: GradientRule = ({
  build,
  attributes,
  inputs: [x, scale, bias, mean, variance],
  dy,
  needs,
  node,
}) => {
  if (needs(3) || needs(4)) throw unsupported(node, "statistics that depend on a parameter");
  const shape = extents(x!);
  const column = (vector: Value) =>
    build.reshape(
      vector,
      shape.map((extent, axis) => (axis === 1 ? extent : 1)),
    );
  const inverse = build.reciprocal(build.sqrt(build.add(variance!, attributes.float("epsilon", 1e-5))));
  const centred = () => build.mul(build.sub(x!, column(mean!)), column(inverse));
  const perChannel = (map: Value) =>
    build.reduceSum(map, { axes: shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])), keepDims: false });
  return [
    needs(0) ? build.mul(dy, column(build.mul(scale!, inverse))) : null,
    needs(1) ? perChannel(build.mul(dy, centred())) : null,
    bias && needs(2) ? perChannel(dy) : null,
    null,
    null,
  ];
};
