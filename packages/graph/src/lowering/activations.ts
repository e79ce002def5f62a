import type { Value } from "../ir/builder.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { always, type Form } from "./form.ts";

/** HardSigmoid with a huge slope is 1 above zero and exactly 0 at and below it: two passes instead of three. */
const steepStep: Form = {
  name: "steep hard sigmoid",
  applies: ({ target }) => target.nativeNormalization,
  lower: ({ build, inputs: [dy, y] }) => [build.mul(dy!, build.hardSigmoid(y!, { alpha: 1e38, beta: 0 }))],
};

const comparison: Form = {
  name: "comparison",
  applies: always,
  lower: ({ build, inputs: [dy, y] }) => [build.mul(dy!, build.cast(build.greater(y!, 0), "float32"))],
};

export const reluGradForms: readonly Form[] = [steepStep, comparison];

function isZero(build: Build, bound: Value): boolean {
  const constant = build.constantOf(bound);
  return constant !== undefined && numbersOf(constant).every((element) => element === 0);
}

/** Of what lies between two bounds the product of both distances is above 0, at a bound it is 0; no cast, which runs on one thread. */
const steepBetween: Form = {
  name: "steep hard sigmoid",
  applies: ({ target }) => target.nativeNormalization,
  lower: ({ build, inputs: [dy, y, low, high] }) => {
    const above = low && (isZero(build, low) ? y! : build.sub(y!, low));
    const distances = [above, high && build.sub(high, y!)].filter((value) => value !== undefined);
    if (distances.length === 0) return [dy!];
    const inside = distances.reduce((product, distance) => build.mul(product, distance));
    return [build.mul(dy!, build.hardSigmoid(inside, { alpha: 1e38, beta: 0 }))];
  },
};

const comparisons: Form = {
  name: "comparison",
  applies: always,
  lower: ({ build, inputs: [dy, y, low, high] }) => {
    const masks = [low && build.greater(y!, low), high && build.greater(high, y!)].filter(
      (value) => value !== undefined,
    );
    return [masks.reduce((product, mask) => build.mul(product, build.cast(mask, "float32")), dy!)];
  },
};

export const clipGradForms: readonly Form[] = [steepBetween, comparisons];

/** Nothing is left to do once gradients are made. */
export const stopGradientForms: readonly Form[] = [
  { name: "nothing", applies: always, lower: ({ inputs: [x] }) => [x!] },
];
