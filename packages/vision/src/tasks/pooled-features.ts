import { filled, type Value } from "@foveajs/graph";
import { z } from "zod";
import { normal } from "../layers/initializers.ts";
import { inside, parameter, type Scope } from "../layers/scope.ts";

/** The mean of the backbone's coarsest map, [N, C]: what heads that look at the picture as a whole read. */
export const pooledFeatures = ({ build }: Scope, maps: readonly Value[]): Value =>
  build.flatten(build.globalAveragePool(maps.at(-1)!));

/** Field of tasks that look at the picture as a whole. */
export const hiddenSchema = z
  .int()
  .min(1)
  .optional()
  .describe("units of a layer with ReLU between the features and the output, such as 128; absent: none");

/**
 * What a task's last layer reads: the pooled features [N, C], or the task's own hidden layer over them [N, hidden],
 * max(0, W x + b) with fresh weights of deviation sqrt(2 / C) (He et al. 2015, arXiv:1502.01852).
 */
export function headFeatures(scope: Scope, maps: readonly Value[], hidden: number | undefined): Value {
  const features = pooledFeatures(scope, maps);
  if (hidden === undefined) return features;
  const { build } = scope;
  const here = inside(scope, "hidden");
  const channels = features.shape[1] as number;
  const weight = parameter(here, "weight", normal(here.random, [hidden, channels], Math.sqrt(2 / channels)), "hidden");
  const bias = parameter(here, "bias", filled([hidden], 0), "vector");
  return build.relu(build.gemm(features, weight, bias, { transB: true }));
}
