import type { Build, Value } from "@foveajs/graph";

/**
 * |q - s|^2 (binary cross-entropy of s = sigmoid(logits) against q), elementwise, for qualities q from 0 (background) to 1:
 * Li et al. 2020, arXiv:2006.04388, equation 4 with beta = 2. `quality` takes no gradient.
 */
export function qualityFocal(build: Build, logits: Value, quality: Value): Value {
  const target = build.stopGradient(quality);
  const difference = build.sub(target, build.sigmoid(logits));
  const entropy = build.sub(build.softplus(logits), build.mul(logits, target));
  return build.mul(build.mul(difference, difference), entropy);
}
