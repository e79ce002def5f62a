import type { GraphBuilder, Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import { matMul } from "./matmul.ts";
import { reshape } from "./reshape.ts";

/** A constant linear map along one axis: row `o` holds the share of each of the `from` inputs in output `o`. */
export interface AxisMatrix {
  readonly from: number;
  readonly to: number;
  /** Row by row, [to, from]. */
  readonly data: Float64Array;
}

/** A matrix of zeros, to be filled. */
export const emptyAxisMatrix = (to: number, from: number): AxisMatrix => ({
  from,
  to,
  data: new Float64Array(to * from),
});

export const transposedMatrix = ({ from, to, data }: AxisMatrix): AxisMatrix => {
  const turned = emptyAxisMatrix(from, to);
  for (let row = 0; row < to; row++) {
    for (let column = 0; column < from; column++) turned.data[column * to + row] = data[row * from + column]!;
  }
  return turned;
};

const constantOf = (build: GraphBuilder, { to, from, data }: AxisMatrix): Value =>
  build.constant(float32([to, from], data));

/** y[.., o, ..] = sum over i of matrix[o, i] x[.., i, ..] along an axis: one product with a constant. */
export function multiplyAxis(build: GraphBuilder, x: Value, axis: number, matrix: AxisMatrix): Value {
  const shape = x.shape as readonly number[];
  if (sizeOf(shape.slice(axis + 1)) > 1) return productAlong(build, x, axis, constantOf(build, matrix));
  const rows = reshape(build, x, [sizeOf(shape.slice(0, axis)), matrix.from]);
  const product = matMul(build, rows, constantOf(build, transposedMatrix(matrix)));
  return reshape(build, product, shape.with(axis, matrix.to));
}

/** The same with a matrix [to, from] that is computed. */
export function productAlong(build: GraphBuilder, x: Value, axis: number, matrix: Value): Value {
  const shape = x.shape as readonly number[];
  const columns = reshape(build, x, [
    sizeOf(shape.slice(0, axis)),
    matrix.shape[1] as number,
    sizeOf(shape.slice(axis + 1)),
  ]);
  return reshape(build, matMul(build, matrix, columns), shape.with(axis, matrix.shape[0] as number));
}
