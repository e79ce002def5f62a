import type { GradientRule } from "./rule.ts";

/**
 * y = gamma (x - m) / sqrt(v + epsilon) + beta, m and v being the batch's own. With n elements a channel, i = 1 / sqrt(v + epsilon):
 * dbeta = sum dy, dgamma = i sum dy (x - m), dx = gamma i (dy - dbeta / n - (x - m) i dgamma / n).
 * Ioffe and Szegedy 2015, arXiv:1502.03167, section 3. The statistics are not differentiated as outputs.
 */
export const trainingNormalization: GradientRule = ({ build, node, inputs: [x, scale], outputs: [, mean, variance], dy }) =>
  build.normalizationGrad([dy, x!, scale!, mean!, variance!], node.attributes);
