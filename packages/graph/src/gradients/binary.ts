import { type GradientRule, sumTo, unsupported } from "./rule.ts";

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
export const pow: GradientRule = ({ build, node, inputs: [a, b], dy, needs }) => {
  if (needs(1)) throw unsupported(node, "an exponent that depends on a parameter");
  const exponent = b!.dtype === "float32" ? b! : build.cast(b!, "float32");
  return [sumTo(build, build.mul(dy, build.mul(exponent, build.pow(a!, build.sub(exponent, 1)))), a!), null];
};

/** y = sum of all inputs. */
export const sum: GradientRule = ({ build, inputs, dy, needs }) =>
  inputs.map((input, index) => (needs(index) ? sumTo(build, dy, input) : null));

/** y = the largest (smallest) of the inputs: dy to it; to the first of equal ones. */
export const extremum: GradientRule = ({ build, inputs, outputs: [y], dy, needs }) => {
  let left = dy; // what no earlier input has taken
  return inputs.map((input, index) => {
    const isChosen = build.cast(build.equal(input, y!), "float32");
    const taken = build.mul(left, isChosen);
    if (index < inputs.length - 1) left = build.sub(left, taken);
    return needs(index) ? sumTo(build, taken, input) : null;
  });
};
