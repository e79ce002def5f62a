import type { OperatorName } from "../ops/table.ts";
import * as activations from "./activations.ts";
import * as binary from "./binary.ts";
import { conv } from "./conv.ts";
import { gemm, matMul } from "./matmul.ts";
import { frozenNormalization, trainingNormalization } from "./normalization.ts";
import { averagePool, maxPool } from "./pool.ts";
import * as reduce from "./reduce.ts";
import { expand, reshape, transpose } from "./reshape.ts";
import { resize } from "./resize.ts";
import type { GradientRule } from "./rule.ts";
import { cast, clip, where } from "./select.ts";
import { concat, gather, pad, slice, split } from "./slice.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import * as unary from "./unary.ts";

/** Gradient rules by operator. What has none stops a gradient only where one would have to pass through it. */
export const gradientRules = {
  Abs: unary.abs,
  Add: binary.add,
  AveragePool: averagePool,
  BatchNormalization: frozenNormalization,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  Cos: unary.cos,
  Div: binary.div,
  Elu: activations.elu,
  Erf: activations.erf,
  Exp: unary.exp,
  Expand: expand,
  Flatten: reshape,
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: reduce.globalAveragePool,
  HardSigmoid: activations.hardSigmoid,
  HardSwish: activations.hardSwish,
  Identity: unary.identity,
  LeakyRelu: activations.leakyRelu,
  Log: unary.log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Max: binary.extremum,
  MaxPool: maxPool,
  Min: binary.extremum,
  Mul: binary.mul,
  Neg: unary.neg,
  PRelu: activations.prelu,
  Pad: pad,
  Pow: binary.pow,
  Reciprocal: unary.reciprocal,
  ReduceL2: reduce.reduceL2,
  ReduceMax: reduce.reduceExtremum,
  ReduceMean: reduce.reduceMean,
  ReduceMin: reduce.reduceExtremum,
  ReduceSum: reduce.reduceSum,
  ReduceSumSquare: reduce.reduceSumSquare,
  Relu: unary.relu,
  Reshape: reshape,
  Resize: resize,
  Sigmoid: unary.sigmoid,
  Sin: unary.sin,
  Slice: slice,
  Softmax: softmax,
  Softplus: unary.softplus,
  Split: split,
  Sqrt: unary.sqrt,
  Squeeze: reshape,
  Sub: binary.sub,
  Sum: binary.sum,
  Tanh: unary.tanh,
  Transpose: transpose,
  Unsqueeze: reshape,
  Where: where,
  "fovea.AveragePool": averagePool,
  "fovea.BatchNormalization": trainingNormalization,
  "fovea.Conv": conv,
  "fovea.MaxPool": maxPool,
} satisfies Partial<Record<OperatorName, GradientRule>>;

/** Operators through which no gradient flows, by their nature. */
export const gradientStops: ReadonlySet<string> = new Set([
  "fovea.StopGradient",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "And",
  "Or",
  "Not",
  "Sign",
  "Floor",
  "Ceil",
  "Round",
]);
