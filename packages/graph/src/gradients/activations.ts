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
