import { filled, type Value } from "@foveajs/graph";
import { buffer, parameter, type Scope } from "./scope.ts";

/** Batch normalisation over axis 1, its scale starting at `scale`. */
export function normalization(scope: Scope, x: Value, { scale = 1 } = {}): Value {
  const channels = [x.shape[1] as number];
  return scope.build.batchNormalization(x, {
    scale: parameter(scope, "scale", filled(channels, scale), "vector"),
    bias: parameter(scope, "bias", filled(channels, 0), "vector"),
    mean: buffer(scope, "mean", filled(channels, 0)),
    variance: buffer(scope, "variance", filled(channels, 1)),
  });
}

/**
 * Every picture [C, H, W] with its own mean taken off and divided by its own deviation + `floor`,
 * which keeps the noise of a nearly even picture small.
 */
export function standardize({ build }: Scope, image: Value, { floor }: { floor: number }): Value {
  const axes = [1, 2, 3];
  const centred = build.sub(image, build.reduceMean(image, { axes }));
  const variance = build.reduceMean(build.mul(centred, centred), { axes });
  return build.div(centred, build.add(build.sqrt(variance), floor));
}
