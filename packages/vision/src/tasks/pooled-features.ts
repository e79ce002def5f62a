import type { Value } from "@foveajs/graph";
import type { Scope } from "../layers/scope.ts";

/** The mean of the backbone's coarsest map, [N, C]: what heads that look at the picture as a whole read. */
export const pooledFeatures = ({ build }: Scope, maps: readonly Value[]): Value =>
  build.flatten(build.globalAveragePool(maps.at(-1)!));
