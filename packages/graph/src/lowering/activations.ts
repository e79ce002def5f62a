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

/** The same slope falling: 1 where x and y are one number, 0 where they differ; no cast, which runs on one thread. */
const steepFall: Form = {
  name: "steep hard sigmoid",
  applies: ({ target }) => target.nativeNormalization,
  lower: ({ build, inputs: [dy, x, y] }) => {
    const distance = build.abs(build.sub(y!, x!));
    return [build.mul(dy!, build.hardSigmoid(distance, { alpha: -1e38, beta: 1 }))];
  },
};

const equality: Form = {
  name: "comparison",
  applies: always,
  lower: ({ build, inputs: [dy, x, y] }) => [build.mul(dy!, build.cast(build.equal(x!, y!), "float32"))],
};

export const clipGradForms: readonly Form[] = [steepFall, equality];

/** Nothing is left to do once gradients are made. */
export const stopGradientForms: readonly Form[] = [
  { name: "nothing", applies: always, lower: ({ inputs: [x] }) => [x!] },
];
