import type { GraphBuilder, Value } from "../ir/builder.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";
import { sameAsFirst } from "./rule.ts";

/** fovea.StopGradient: the identity, through which no gradient flows. */
export const stopGradientInference = sameAsFirst;

export const stopGradient = (build: GraphBuilder, x: Value): Value =>
  build.node("StopGradient", [x], { domain: FOVEA_DOMAIN });

/** fovea.ReluGrad(dy, y): dy where y > 0, else 0. */
export const reluGradInference = sameAsFirst;

export const reluGrad = (build: GraphBuilder, dy: Value, y: Value): Value =>
  build.node("ReluGrad", [dy, y], { domain: FOVEA_DOMAIN });

/** fovea.ClipGrad(dy, x, y): dy where y = x, else 0. */
export const clipGradInference = sameAsFirst;

export const clipGrad = (build: GraphBuilder, dy: Value, x: Value, y: Value): Value =>
  build.node("ClipGrad", [dy, x, y], { domain: FOVEA_DOMAIN });
