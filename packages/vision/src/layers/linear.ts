import { filled, type Value } from "@foveajs/graph";
import { normal } from "./initializers.ts";
import { parameter, type Scope } from "./scope.ts";

/** Vectors [N, inputs] to [N, outputs]; the weights start at zero, so that training begins from even outputs. */
export function outputLinear(
  scope: Scope,
  x: Value,
  { outputs, deviation = 0 }: { outputs: number; deviation?: number },
): Value {
  const weight = parameter(scope, "weight", normal(scope.random, [outputs, x.shape[1] as number], deviation), "edge");
  return scope.build.gemm(x, weight, parameter(scope, "bias", filled([outputs], 0), "vector"), { transB: true });
}
