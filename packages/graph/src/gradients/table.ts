import type { OperatorName } from "../ops/table.ts";
import * as activations from "./activations.ts";
import * as binary from "./binary.ts";
import { depthToSpace, spaceToDepth } from "./blocks.ts";
import { conv, convTranspose } from "./conv.ts";
import { dropout } from "./dropout.ts";
import { einsum } from "./einsum.ts";
import { gridSample } from "./grid-sample.ts";
import * as indices from "./indices.ts";
import { gemm, matMul } from "./matmul.ts";
import { frozenNormalization, trainingNormalization } from "./normalization.ts";
import { averagePool, globalMaxPool, maxPool } from "./pool.ts";
import { recurrent } from "./recurrent.ts";
import * as reduce from "./reduce.ts";
import { cumSum, tile } from "./repeat.ts";
import { expand, reshape, transpose } from "./reshape.ts";
import { resize } from "./resize.ts";
import { roiAlign } from "./roi-align.ts";
import type { GradientRule } from "./rule.ts";
import { cast, clip, where } from "./select.ts";
import { concat, gather, pad, slice, split } from "./slice.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { groupNormalization, instanceNormalization, layerNormalization } from "./standardize.ts";
import * as unary from "./unary.ts";

/** ONNX operators through which every model may be trained: one without a rule does not compile. */
export type DifferentiableOperator =
  | ("Conv" | "ConvTranspose" | "Gemm" | "MatMul" | "Einsum" | "LSTM" | "GRU")
  | ("Add" | "Sub" | "Mul" | "Div" | "Neg" | "Pow" | "Sqrt" | "Reciprocal" | "Exp" | "Log" | "Abs" | "Sin" | "Cos")
  | ("Min" | "Max" | "Clip" | "Where" | "Identity" | "Cast" | "Dropout")
  | (
      | "Relu"
      | "LeakyRelu"
      | "PRelu"
      | "Elu"
      | "Celu"
      | "Selu"
      | "ThresholdedRelu"
      | "Sigmoid"
      | "HardSigmoid"
      | "HardSwish"
    )
  | ("Tanh" | "Softplus" | "Softsign" | "Erf" | "Gelu" | "Swish" | "Mish" | "Softmax" | "LogSoftmax")
  | ("BatchNormalization" | "LayerNormalization" | "GroupNormalization" | "InstanceNormalization")
  | ("GlobalAveragePool" | "GlobalMaxPool" | "AveragePool" | "MaxPool")
  | (
      | "ReduceSum"
      | "ReduceMean"
      | "ReduceMax"
      | "ReduceMin"
      | "ReduceProd"
      | "ReduceL1"
      | "ReduceL2"
      | "ReduceLogSumExp"
    )
  | ("CumSum" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Transpose" | "Concat" | "Split" | "Slice" | "Pad")
  | ("Gather" | "GatherElements" | "GatherND" | "ScatterElements" | "ScatterND" | "Expand" | "Tile" | "TopK")
  | ("Resize" | "GridSample" | "RoiAlign" | "DepthToSpace" | "SpaceToDepth");

/** Gradient rules by operator. What has none stops a gradient only where one would have to pass through it. */
export const gradientRules = {
  Abs: unary.abs,
  Add: binary.add,
  AveragePool: averagePool,
  BatchNormalization: frozenNormalization,
  Cast: cast,
  Celu: activations.celu,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: unary.cos,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Div: binary.div,
  Dropout: dropout,
  Einsum: einsum,
  Elu: activations.elu,
  Erf: activations.erf,
  Exp: unary.exp,
  Expand: expand,
  Flatten: reshape,
  GRU: recurrent,
  Gather: gather,
  GatherElements: indices.gatherElements,
  GatherND: indices.gatherND,
  Gelu: activations.gelu,
  Gemm: gemm,
  GlobalAveragePool: reduce.globalAveragePool,
  GroupNormalization: groupNormalization,
  GlobalMaxPool: globalMaxPool,
  GridSample: gridSample,
  HardSigmoid: activations.hardSigmoid,
  HardSwish: activations.hardSwish,
  Identity: unary.identity,
  InstanceNormalization: instanceNormalization,
  LSTM: recurrent,
  LayerNormalization: layerNormalization,
  LeakyRelu: activations.leakyRelu,
  Log: unary.log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Max: binary.extremum,
  MaxPool: maxPool,
  Min: binary.extremum,
  Mish: activations.mish,
  Mul: binary.mul,
  Neg: unary.neg,
  PRelu: activations.prelu,
  Pad: pad,
  Pow: binary.pow,
  Reciprocal: unary.reciprocal,
  ReduceL1: reduce.reduceL1,
  ReduceL2: reduce.reduceL2,
  ReduceLogSum: reduce.reduceLogSum,
  ReduceLogSumExp: reduce.reduceLogSumExp,
  ReduceMax: reduce.reduceExtremum,
  ReduceMean: reduce.reduceMean,
  ReduceMin: reduce.reduceExtremum,
  ReduceProd: reduce.reduceProd,
  ReduceSum: reduce.reduceSum,
  ReduceSumSquare: reduce.reduceSumSquare,
  Relu: unary.relu,
  Reshape: reshape,
  Resize: resize,
  ScatterElements: indices.scatterElements,
  ScatterND: indices.scatterND,
  Selu: activations.selu,
  RoiAlign: roiAlign,
  Sigmoid: unary.sigmoid,
  Sin: unary.sin,
  Slice: slice,
  Softmax: softmax,
  Softplus: unary.softplus,
  Softsign: activations.softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: unary.sqrt,
  Squeeze: reshape,
  Sub: binary.sub,
  Sum: binary.sum,
  Swish: activations.swish,
  Tanh: unary.tanh,
  ThresholdedRelu: activations.thresholdedRelu,
  Tile: tile,
  TopK: indices.topK,
  Transpose: transpose,
  Unsqueeze: reshape,
  Where: where,
  "com.microsoft.QuickGelu": activations.quickGelu,
  "fovea.AveragePool": averagePool,
  "fovea.BatchNormalization": trainingNormalization,
  "fovea.Conv": conv,
  "fovea.MaxPool": maxPool,
} satisfies Record<DifferentiableOperator, GradientRule> & Partial<Record<OperatorName, GradientRule>>;

/** Operators through which no gradient flows, by their nature. */
export const gradientStops: ReadonlySet<string> = new Set([
  "fovea.RandomUniform",
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
