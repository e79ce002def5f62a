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
