import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";

/** Norm of all gradients taken as one vector, [1]. */
export function globalNorm(build: Build, gradients: readonly Value[]): Value {
  const squares = gradients.map((gradient) => build.reshape(build.reduceSumSquare(gradient), [1]));
  return build.sqrt(squares.reduce((sum, square) => build.add(sum, square)));
}

/** Gradients scaled down together where their global norm is above `limit` (Pascanu et al. 2013, arXiv:1211.5063). */
export function clipByGlobalNorm(
  build: Build,
  gradients: readonly Value[],
  norm: Value,
  limit: number,
): readonly Value[] {
  const factor = build.min(build.div(limit, build.add(norm, 1e-6)), 1);
  return gradients.map((gradient) => build.mul(gradient, factor));
}
