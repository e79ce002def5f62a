import type { Build, Value } from "@foveajs/graph";

/**
 * -(w p ln q + (1 - p) ln(1 - q)) elementwise, q = sigmoid(logits), in the form that cannot overflow:
 * ln(1 - q) = -softplus(z), ln q = z - softplus(z). `positiveWeights` w broadcasts; absent: 1.
 */
export function binaryCrossEntropy(build: Build, logits: Value, targets: Value, positiveWeights?: Value): Value {
  const softplus = build.softplus(logits);
  const positive = build.mul(targets, build.sub(softplus, logits));
  const negative = build.mul(build.sub(1, targets), softplus);
  return build.add(positiveWeights === undefined ? positive : build.mul(positive, positiveWeights), negative);
}
