import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import type { Target } from "./form.ts";

const swapped = (build: Build, x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return build.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/** a b^T over the last two axes. */
export function productWithTransposed(build: Build, target: Target, a: Value, b: Value): Value {
  if (target.fusedMatMul) return build.fusedMatMul(a, b, { transB: true });
  return a.shape.length === 2 ? build.gemm(a, b, undefined, { transB: true }) : build.matMul(a, swapped(build, b));
}

/** a^T b over the last two axes. */
export function productOfTransposed(build: Build, target: Target, a: Value, b: Value): Value {
  return target.fusedMatMul ? build.fusedMatMul(a, b, { transA: true }) : build.matMul(swapped(build, a), b);
}

/** a b^T of two wide matrices; the GEMM is faster with the side of more rows first. */
export const outerProduct = (build: Build, target: Target, a: Value, b: Value): Value =>
  (a.shape[0] as number) >= (b.shape[0] as number)
    ? productWithTransposed(build, target, a, b)
    : build.transpose(productWithTransposed(build, target, b, a), [1, 0]);
