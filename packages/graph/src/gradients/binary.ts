import { type GradientRule, sumTo } from "./rule.ts";

/** y = a + b. Broadcast operands take the sum (as in all rules here). */
export const add: GradientRule = ({ build, inputs: [a, b], dy }) => [sumTo(build, dy, a!), sumTo(build, dy, b!)];

/** y = a - b. */
export const sub: GradientRule = ({ build, inputs: [a, b], dy, needs }) => [
  sumTo(build, dy, a!),
  needs(1) ? build.neg(sumTo(build, dy, b!)) : null,
];

/** y = a b: da = dy b, db = dy a. */
export const mul: GradientRule = ({ build, inputs: [a, b], dy, needs }) => [
  needs(0) ? sumTo(build, build.mul(dy, b!), a!) : null,
  needs(1) ? sumTo(build, build.mul(dy, a!), b!) : null,
];

/** y = a / b: da = dy / b, db = -dy y / b. */
export const div: GradientRule = ({ build, inputs: [a, b], outputs: [y], dy, needs }) => {
  const da = build.div(dy, b!);
  return [needs(0) ? sumTo(build, da, a!) : null, needs(1) ? build.neg(sumTo(build, build.mul(da, y!), b!)) : null];
};

/** y = a^b for a constant b: da = dy b a^(b - 1). No gradient by the exponent. */
export const pow: GradientRule = ({ build, inputs: [a, b], dy }) => [
  sumTo(build, build.mul(dy, build.mul(b!, build.pow(a!, build.sub(b!, 1)))), a!),
  null,
];

/** y = max(a, b): dy to the larger; to the first of equal ones. */
export const max: GradientRule = ({ build, inputs: [a, b], dy, needs }) => {
  const first = build.cast(build.greaterOrEqual(a!, b!), "float32");
  return [
    needs(0) ? sumTo(build, build.mul(dy, first), a!) : null,
    needs(1) ? sumTo(build, build.mul(dy, build.sub(1, first)), b!) : null,
  ];
};

/** y = min(a, b): dy to the smaller; to the first of equal ones. */
export const min: GradientRule = ({ build, inputs: [a, b], dy, needs }) => {
  const first = build.cast(build.lessOrEqual(a!, b!), "float32");
  return [
    needs(0) ? sumTo(build, build.mul(dy, first), a!) : null,
    needs(1) ? sumTo(build, build.mul(dy, build.sub(1, first)), b!) : null,
  ];
};
