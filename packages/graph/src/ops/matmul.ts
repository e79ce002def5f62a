import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { broadcastShapes, formatShape } from "../ir/shapes.ts";
import type { Shape } from "../ir/types.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

const product = (a: Shape, b: Shape, fail: () => Error): Shape => {
  if (a.length < 2 || b.length < 2) throw fail();
  const [rows, inner] = a.slice(-2);
  const [innerB, columns] = b.slice(-2);
  if (inner !== innerB) throw fail();
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows!, columns!];
};

const swapLast = (shape: Shape): Shape => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

/** A vector on the left is a row, one on the right a column; the axis so made does not stay. */
export const matMulInference: InferenceRule = ({ node, input }) => {
  const [a, b] = [input(0), input(1)];
  const fail = () => mismatch(node, "[..., m, k] x [..., k, n]", `${formatShape(a.shape)} x ${formatShape(b.shape)}`);
  const [isRow, isColumn] = [a.shape.length === 1, b.shape.length === 1];
  const whole = product(isRow ? [1, ...a.shape] : a.shape, isColumn ? [...b.shape, 1] : b.shape, fail);
  return [
    {
      dtype: a.dtype,
      shape: whole.filter(
        (_, axis) => !(isRow && axis === whole.length - 2) && !(isColumn && axis === whole.length - 1),
      ),
    },
  ];
};

/** [..., m, k] times [..., k, n] is [..., m, n]; the axes in front broadcast. */
export const matMul = (build: GraphBuilder, a: Value, b: Value): Value => build.node("MatMul", [a, b]);

export const gemmInference: InferenceRule = ({ node, input, attributes }) => {
  const a = attributes.int("transA", 0) ? swapLast(input(0).shape) : input(0).shape;
  const b = attributes.int("transB", 0) ? swapLast(input(1).shape) : input(1).shape;
  const fail = () => mismatch(node, "[m, k] x [k, n]", `${formatShape(a)} x ${formatShape(b)}`);
  return [{ dtype: input(0).dtype, shape: product(a, b, fail) }];
};

/** y = a b + c, where a [m, k] or its transpose, b [k, n] or its transpose, c broadcasts to [m, n]. */
export const gemm = (
  build: GraphBuilder,
  a: Value,
  b: Value,
  c?: Value,
  { transA = false, transB = false } = {},
): Value =>
  build.node("Gemm", c ? [a, b, c] : [a, b], {
    attributes: { transA: attribute.int(Number(transA)), transB: attribute.int(Number(transB)) },
  });

/** com.microsoft FusedMatMul: MatMul of transposed operands without moving them. */
export const fusedMatMulInference: InferenceRule = ({ node, input, attributes }) => {
  const a = attributes.int("transA", 0) ? swapLast(input(0).shape) : input(0).shape;
  const b = attributes.int("transB", 0) ? swapLast(input(1).shape) : input(1).shape;
  return [
    {
      dtype: input(0).dtype,
      shape: product(a, b, () => mismatch(node, "[..., m, k] x [..., k, n]", `${formatShape(a)} x ${formatShape(b)}`)),
    },
  ];
};

/** com.microsoft.FusedMatMul: matMul of operands whose last two axes are exchanged where told, without moving them. */
export const fusedMatMul = (build: GraphBuilder, a: Value, b: Value, { transA = false, transB = false } = {}): Value =>
  build.node("FusedMatMul", [a, b], {
    domain: "com.microsoft",
    attributes: { transA: attribute.int(Number(transA)), transB: attribute.int(Number(transB)) },
  });
