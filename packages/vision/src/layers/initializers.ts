import { float32, sizeOf, type Tensor } from "@foveajs/graph";
import type { Random } from "../augment/random.ts";

/** Normal numbers of deviation sqrt(2 / fan-out), for weights [out, in, ...] before a ReLU (He et al. 2015, arXiv:1502.01852). */
export function heNormal(random: Random, shape: readonly number[], { group = 1 } = {}): Tensor {
  const fanOut = (shape[0]! / group) * sizeOf(shape.slice(2));
  return normal(random, shape, Math.sqrt(2 / fanOut));
}

export const normal = (random: Random, shape: readonly number[], deviation: number): Tensor =>
  float32(
    shape,
    Array.from({ length: sizeOf(shape) }, () => random.normal(0, deviation)),
  );
