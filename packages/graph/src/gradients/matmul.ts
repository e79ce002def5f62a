import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import type { Build } from "../ops/build.ts";
import { extents, type GradientRule, sumTo } from "./rule.ts";

const swapLastTwo = (build: Build, x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return build.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/**
 * y = a b over the last two axes: da = dy b^T, db = a^T dy; broadcast batches are summed. A vector on the left is a row, one on the right
 * a column, and dy gets the axis that y lost.
 */
export const matMul: GradientRule = ({ build, inputs: [a, b], dy, needs }) => {
  const [isRow, isColumn] = [a!.shape.length === 1, b!.shape.length === 1];
  const left = isRow ? build.reshape(a!, [1, ...extents(a!)]) : a!;
  const right = isColumn ? build.reshape(b!, [...extents(b!), 1]) : b!;
  const shape = [...extents(dy), ...(isColumn ? [1] : [])];
  const product = isRow || isColumn ? build.reshape(dy, isRow ? shape.toSpliced(-1, 0, 1) : shape) : dy;
  const asOperand = (gradient: Value, matrix: Value, operand: Value) => {
    const summed = sumTo(build, gradient, matrix);
    return matrix === operand ? summed : build.reshape(summed, extents(operand));
  };
  const byRight = () => {
    const isOneMatrix = right.shape.length === 2 && left.shape.length > 2;
    const [rows, dRows] = isOneMatrix ? [asRows(build, left), asRows(build, product)] : [left, product];
    return build.matMul(swapLastTwo(build, rows), dRows);
  };
  return [
    needs(0) ? asOperand(build.matMul(product, swapLastTwo(build, right)), left, a!) : null,
    needs(1) ? asOperand(byRight(), right, b!) : null,
  ];
};

/** All rows of a batch of matrices in one: the sum over the batch is then part of one product. */
const asRows = (build: Build, x: Value): Value => {
  const shape = extents(x);
  return build.reshape(x, [sizeOf(shape.slice(0, -1)), shape.at(-1)!]);
};

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
