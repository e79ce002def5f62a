import { unaryOperators } from "../ops/unary.ts";
import * as axes from "./axes.ts";
import { elementwise } from "./elementwise.ts";
import * as maps from "./maps.ts";
import type { LayoutRule } from "./rule.ts";

const elementwiseOperators = [
  ...unaryOperators,
  "Add",
  "And",
  "Cast",
  "Clip",
  "Div",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "Max",
  "Min",
  "Mul",
  "Or",
  "Pow",
  "Sub",
  "Sum",
  "Where",
  "fovea.StopGradient",
];

/** How operators are computed with the batch innermost. An operator that is not here is computed in the original layout. */
export const layoutRules: Readonly<Record<string, LayoutRule>> = {
  ...Object.fromEntries(elementwiseOperators.map((op) => [op, elementwise])),
  AveragePool: maps.pool,
  BatchNormalization: maps.frozenNormalization,
  Concat: axes.concat,
  Conv: maps.conv,
  Flatten: axes.reshape,
  Gather: axes.gather,
  Gemm: maps.gemm,
  GlobalAveragePool: axes.globalAveragePool,
  LogSoftmax: axes.alongAxis,
  MatMul: maps.matMul,
  MaxPool: maps.pool,
  Pad: axes.pad,
  ReduceMax: axes.reduce,
  ReduceMean: axes.reduce,
  ReduceMin: axes.reduce,
  ReduceSum: axes.reduce,
  ReduceSumSquare: axes.reduce,
  Reshape: axes.reshape,
  Resize: axes.resize,
  Slice: axes.slice,
  Softmax: axes.alongAxis,
  Split: axes.split,
  Squeeze: axes.reshape,
  Transpose: axes.transpose,
  Unsqueeze: axes.reshape,
  "fovea.BatchNormalization": maps.trainingNormalization,
};
