import { filled, type Value } from "@foveajs/graph";
import type { Scope } from "./scope.ts";

/** A graph that is trained drops at random; masks follow from the seed and the number of the step (StepOptions.dropoutSeed). */
const masked = ({ build }: Scope, x: Value, shape: readonly number[], ratio: number): Value =>
  build.mul(x, build.node("Dropout", [build.constant(filled(shape, 1)), build.scalar(ratio)]));

/**
 * x with whole channels of a sample, [N, C, ...], set to 0 by the chance `ratio`, the others divided by 1 - ratio; behind a mean over
 * the map that is Dropout of the features. Tompson et al. 2015, arXiv:1411.4280. Unchanged where the scope drops nothing.
 */
export function channelDropout(scope: Scope, x: Value): Value {
  const ratio = scope.drops?.features ?? 0;
  if (ratio === 0) return x;
  const shape = x.shape.map((extent, axis) => (axis < 2 ? (extent as number) : 1));
  return masked(scope, x, shape, ratio);
}

/**
 * The branch x of a residual block, left out for whole samples by a chance that rises to `drops.paths` at the last block: block l of L,
 * from 0, by (l + 1) / L of it. Huang et al. 2016, arXiv:1603.09382, equation 4. Unchanged where the scope drops nothing.
 */
export function dropPath(scope: Scope, x: Value, { block, blocks }: { block: number; blocks: number }): Value {
  const ratio = ((scope.drops?.paths ?? 0) * (block + 1)) / blocks;
  if (ratio === 0) return x;
  const shape = x.shape.map((extent, axis) => (axis === 0 ? (extent as number) : 1));
  return masked(scope, x, shape, ratio);
}
