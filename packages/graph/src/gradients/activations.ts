import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { type GradientRule, sumTo } from "./rule.ts";

/** 1 where x > 0, else 0. */
const isPositive = (build: Build, x: Value): Value => build.cast(build.greater(x, 0), "float32");

/** y = x where x > 0, else alpha (e^x - 1): dx = dy where x > 0, else dy (y + alpha). Clevert et al. 2016, arXiv:1511.07289. */
export const elu: GradientRule = ({ build, attributes, inputs: [x], outputs: [y], dy }) => {
  const below = build.add(y!, attributes.float("alpha", 1));
  const positive = isPositive(build, x!);
  return [build.mul(dy, build.add(positive, build.mul(build.sub(1, positive), below)))];
};

/** y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: dx = dy 2 / sqrt(pi) e^(-x^2). */
export const erf: GradientRule = ({ build, inputs: [x], dy }) => [
  build.mul(dy, build.mul(build.exp(build.neg(build.mul(x!, x!))), 2 / Math.sqrt(Math.PI))),
];

/** y = max(0, min(1, alpha x + beta)): dx = alpha dy where 0 < y < 1, else 0. */
export const hardSigmoid: GradientRule = ({ build, attributes, outputs: [y], dy }) => [
  build.mul(dy, build.mul(isInside(build, y!), attributes.float("alpha", 0.2))),
];

/** y = x h, h = max(0, min(1, x / 6 + 1 / 2)): dx = dy (h + x / 6 where 0 < h < 1). Howard et al. 2019, arXiv:1905.02244. */
export const hardSwish: GradientRule = ({ build, inputs: [x], dy }) => {
  const h = build.hardSigmoid(x!, { alpha: 1 / 6, beta: 0.5 });
  return [build.mul(dy, build.add(h, build.mul(build.mul(x!, 1 / 6), isInside(build, h))))];
};

/** 1 where 0 < y < 1, else 0. */
const isInside = (build: Build, y: Value): Value =>
  build.cast(build.and(build.greater(y, 0), build.less(y, 1)), "float32");

/** y = x where x > 0, else alpha x. */
export const leakyRelu: GradientRule = ({ build, attributes, inputs: [x], dy }) => {
  const alpha = attributes.float("alpha", 0.01);
  return [build.mul(dy, build.add(build.mul(isPositive(build, x!), 1 - alpha), alpha))];
};

/** y = x where x > 0, else slope x (slope broadcasts): dslope = dy min(x, 0). He et al. 2015, arXiv:1502.01852. */
export const prelu: GradientRule = ({ build, inputs: [x, slope], dy, needs }) => {
  const positive = isPositive(build, x!);
  const factor = () => build.add(positive, build.mul(build.sub(1, positive), slope!));
  return [
    needs(0) ? build.mul(dy, factor()) : null,
    needs(1) ? sumTo(build, build.mul(dy, build.min(x!, 0)), slope!) : null,
  ];
};

/** y = x where x > 0, else alpha (e^(x / alpha) - 1): dx = dy where x > 0, else dy (y / alpha + 1). Barron 2017, arXiv:1704.07483. */
export const celu: GradientRule = ({ build, attributes, inputs: [x], outputs: [y], dy }) => {
  const below = build.add(build.mul(y!, 1 / attributes.float("alpha", 1)), 1);
  return [build.mul(dy, choose(build, isPositive(build, x!), 1, below))];
};

/** y = gamma x where x > 0, else gamma alpha (e^x - 1): dx = dy gamma, else dy (y + gamma alpha). Klambauer et al. 2017, arXiv:1706.02515. */
export const selu: GradientRule = ({ build, attributes, inputs: [x], outputs: [y], dy }) => {
  const gamma = attributes.float("gamma", 1.0507009873554805); // ONNX defaults of both, section 2 of the paper
  const below = build.add(y!, gamma * attributes.float("alpha", 1.6732632423543772));
  return [build.mul(dy, choose(build, isPositive(build, x!), gamma, below))];
};

/** `above` where the mask is 1, else `below`. */
const choose = (build: Build, mask: Value, above: number, below: Value): Value =>
  build.add(build.mul(mask, above), build.mul(build.sub(1, mask), below));

/** y = x where x > alpha, else 0: dx = dy where x > alpha, else 0. */
export const thresholdedRelu: GradientRule = ({ build, attributes, inputs: [x], dy }) => [
  build.mul(dy, build.cast(build.greater(x!, attributes.float("alpha", 1)), "float32")),
];

/** y = x / (1 + |x|): dx = dy (1 - |y|)^2. */
export const softsign: GradientRule = ({ build, outputs: [y], dy }) => {
  const root = build.sub(1, build.abs(y!));
  return [build.mul(dy, build.mul(root, root))];
};

/** y = x s, s = sigmoid(alpha x): dx = dy (s + alpha y (1 - s)). Ramachandran et al. 2017, arXiv:1710.05941. */
const swishOf =
  (defaultAlpha: number): GradientRule =>
  ({ build, attributes, inputs: [x], outputs: [y], dy }) => {
    const alpha = attributes.float("alpha", defaultAlpha);
    const s = build.sigmoid(alpha === 1 ? x! : build.mul(x!, alpha));
    const bent = build.mul(alpha === 1 ? y! : build.mul(y!, alpha), build.sub(1, s));
    return [build.mul(dy, build.add(s, bent))];
  };

export const swish = swishOf(1);

/** com.microsoft.QuickGelu: the same with another alpha where none is given. */
export const quickGelu = swishOf(1.702);

/** y = x t, t = tanh(ln(1 + e^x)): dx = dy (t + x (1 - t^2) sigmoid(x)). Misra 2019, arXiv:1908.08681. */
export const mish: GradientRule = ({ build, inputs: [x], dy }) => {
  const t = build.tanh(build.softplus(x!));
  const bent = build.mul(build.mul(x!, build.sub(1, build.mul(t, t))), build.sigmoid(x!));
  return [build.mul(dy, build.add(t, bent))];
};

/**
 * y = x P(x), P the normal distribution: dx = dy (P(x) + x p(x)), p(x) = e^(-x^2 / 2) / sqrt(2 pi). The approximation by tanh is
 * y = x (1 + t) / 2, t = tanh(k (x + c x^3)), k = sqrt(2 / pi), c = 0.044715: dx = dy (1 + t + x (1 - t^2) k (1 + 3 c x^2)) / 2.
 * Hendrycks and Gimpel 2016, arXiv:1606.08415.
 */
export const gelu: GradientRule = ({ build, attributes, inputs: [x], dy }) => {
  const square = build.mul(x!, x!);
  if (attributes.string("approximate", "none") === "tanh") {
    const k = Math.sqrt(2 / Math.PI);
    const c = 0.044715;
    const t = build.tanh(build.mul(build.mul(x!, k), build.add(build.mul(square, c), 1)));
    const inner = build.mul(build.add(build.mul(square, 3 * c), 1), k);
    const bent = build.mul(build.mul(x!, build.sub(1, build.mul(t, t))), inner);
    return [build.mul(dy, build.mul(build.add(build.add(t, 1), bent), 0.5))];
  }
  const below = build.mul(build.add(build.erf(build.mul(x!, Math.SQRT1_2)), 1), 0.5);
  const density = build.mul(build.exp(build.mul(square, -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [build.mul(dy, build.add(below, build.mul(x!, density)))];
};
