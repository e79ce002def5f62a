import { type GradientRule, sumTo } from "./rule.ts";

/** y = min(max(x, low), high): dy where low < y < high. At a bound 0, as ReLU has it, so that x need not be kept. */
export const clip: GradientRule = ({ build, inputs: [, low, high], outputs: [y], dy }) => [
  build.clipGrad(dy, y!, low, high),
  null,
  null,
];

/** y = x as another type: dx = dy as the type of x, where both are real numbers; a truth value or an integer has no gradient. */
export const cast: GradientRule = ({ build, inputs: [x], outputs: [y], dy }) => {
  const isReal = [x!, y!].every(
    ({ dtype }) => dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16",
  );
  return [isReal ? build.cast(dy, x!.dtype) : null];
};

/** y = condition ? a : b. */
export const where: GradientRule = ({ build, inputs: [condition, a, b], dy, needs }) => {
  const zero = build.scalar(0);
  return [
    null,
    needs(1) ? sumTo(build, build.where(condition!, dy, zero), a!) : null,
    needs(2) ? sumTo(build, build.where(condition!, zero, dy), b!) : null,
  ];
};
