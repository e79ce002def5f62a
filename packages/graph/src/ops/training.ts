import type { GraphBuilder, Value } from "../ir/builder.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";
import { sameAsFirst } from "./rule.ts";

/** fovea.StopGradient: the identity, through which no gradient flows. */
export const stopGradientInference = sameAsFirst;

/** fovea.StopGradient: x itself, through which no gradient flows. */
export const stopGradient = (build: GraphBuilder, x: Value): Value =>
  build.node("StopGradient", [x], { domain: FOVEA_DOMAIN });

/** fovea.ReluGrad(dy, y): dy where y > 0, else 0. */
export const reluGradInference = sameAsFirst;

/** fovea.ReluGrad: dy where y > 0, else 0. */
export const reluGrad = (build: GraphBuilder, dy: Value, y: Value): Value =>
  build.node("ReluGrad", [dy, y], { domain: FOVEA_DOMAIN });

/** fovea.ClipGrad(dy, y, low?, high?): dy where low < y < high, else 0; a bound may be absent. */
export const clipGradInference = sameAsFirst;

/** fovea.ClipGrad: dy where low < y < high, else 0; a bound may be absent. */
export const clipGrad = (
  build: GraphBuilder,
  dy: Value,
  y: Value,
  low: Value | undefined,
  high: Value | undefined,
): Value => build.node("ClipGrad", [dy, y, low, high], { domain: FOVEA_DOMAIN });
