import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { type GradientRule, sumTo } from "./rule.ts";

const swapLastTwo = (build: Build, x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return build.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/** y = a b over the last two axes: da = dy b^T, db = a^T dy; broadcast batches are summed. */
export const matMul: GradientRule = ({ build, inputs: [a, b], dy, needs }) => [
  needs(0) ? sumTo(build, build.matMul(dy, swapLastTwo(build, b!)), a!) : null,
  needs(1) ? sumTo(build, build.matMul(swapLastTwo(build, a!), dy), b!) : null,
];

/** y = alpha A B + beta c, where A and B are a and b or their transposes: dA = alpha dy B^T, dB = alpha A^T dy, dc = beta dy. */
export const gemm: GradientRule = ({ build, attributes, inputs: [a, b, c], dy, needs }) => {
  const transA = attributes.int("transA", 0) === 1;
  const transB = attributes.int("transB", 0) === 1;
  const scaled = (x: Value, name: string) =>
    attributes.float(name, 1) === 1 ? x : build.mul(x, attributes.float(name, 1));
  const gradientOfA = () =>
    transA
      ? build.gemm(b!, dy, undefined, { transA: transB, transB: true })
      : build.gemm(dy, b!, undefined, { transB: !transB });
  const gradientOfB = () =>
    transB
      ? build.gemm(dy, a!, undefined, { transA: true, transB: transA })
      : build.gemm(a!, dy, undefined, { transA: !transA });
  return [
    needs(0) ? scaled(gradientOfA(), "alpha") : null,
    needs(1) ? scaled(gradientOfB(), "alpha") : null,
    c && needs(2) ? scaled(sumTo(build, dy, c), "beta") : null,
  ];
};
