import { errors } from "../errors.ts";
import { appendGradient, type GradientOptions } from "../gradients/gradient.ts";
import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { appendSecondPass, climbed } from "./sharpness.ts";

export interface BatchGradientOptions extends GradientOptions {
  /** Radius of sharpness-aware minimisation. */
  readonly sharpness?: number | undefined;
}

/** Gradients of the loss of one batch by each parameter, not scaled; with sharpness, those at the weights that were moved uphill. */
export function gradientsOfBatch(
  build: Build,
  { loss, parameters, recompute, scale, sharpness }: BatchGradientOptions,
): ReadonlyMap<string, Value> {
  const forward = [...build.nodes];
  const inverse = scale && build.div(1, scale);
  const unscaled = (gradient: Value) => (inverse ? build.mul(gradient, inverse) : gradient);
  const first = appendGradient(build, { loss, parameters, recompute, scale });
  const own = new Map([...first].map(([name, gradient]) => [name, unscaled(gradient)]));
  if (sharpness === undefined) return own;
  if (!(sharpness > 0))
    throw errors["step-option"]({ option: "sharpness", expected: "a number above 0", received: String(sharpness) });
  const { nameOf } = appendSecondPass(build, forward, climbed(build, own, sharpness));
  const second = appendGradient(build, {
    loss: nameOf(loss),
    parameters: parameters.map(nameOf),
    recompute: typeof recompute === "object" ? recompute.map(nameOf) : recompute,
    scale,
  });
  return new Map(parameters.map((name) => [name, unscaled(second.get(nameOf(name))!)]));
}
