import type { GradientRule } from "./rule.ts";

/** y = |x|: dx = dy sign(x), 0 at 0. */
export const abs: GradientRule = ({ build, inputs: [x], dy }) => [build.mul(dy, build.sign(x!))];

/** y = cos x: dx = -dy sin x. */
export const cos: GradientRule = ({ build, inputs: [x], dy }) => [build.neg(build.mul(dy, build.sin(x!)))];

/** y = sin x: dx = dy cos x. */
export const sin: GradientRule = ({ build, inputs: [x], dy }) => [build.mul(dy, build.cos(x!))];

/** y = e^x: dx = dy y. */
export const exp: GradientRule = ({ build, outputs: [y], dy }) => [build.mul(dy, y!)];

/** y = x. */
export const identity: GradientRule = ({ dy }) => [dy];

/** y = ln x: dx = dy / x. */
export const log: GradientRule = ({ build, inputs: [x], dy }) => [build.div(dy, x!)];

/** y = -x. */
export const neg: GradientRule = ({ build, dy }) => [build.neg(dy)];

/** y = 1/x: dx = -dy y^2. */
export const reciprocal: GradientRule = ({ build, outputs: [y], dy }) => [build.neg(build.mul(dy, build.mul(y!, y!)))];

/** y = sigmoid(x): dx = dy y (1 - y). */
export const sigmoid: GradientRule = ({ build, outputs: [y], dy }) => [build.mul(dy, build.mul(y!, build.sub(1, y!)))];

/** y = ln(1 + e^x): dx = dy sigmoid(x). */
export const softplus: GradientRule = ({ build, inputs: [x], dy }) => [build.mul(dy, build.sigmoid(x!))];

/** y = sqrt(x): dx = dy / (2 y). */
export const sqrt: GradientRule = ({ build, outputs: [y], dy }) => [build.div(dy, build.mul(y!, 2))];

/** y = tanh(x): dx = dy (1 - y^2). */
export const tanh: GradientRule = ({ build, outputs: [y], dy }) => [build.mul(dy, build.sub(1, build.mul(y!, y!)))];

/** y = max(x, 0): dx = dy where y > 0; 0 at 0. */
export const relu: GradientRule = ({ build, outputs: [y], dy }) => [build.reluGrad(dy, y!)];
