import { binaryInference } from "./binary.ts";
import { constantInference, constantOfShapeInference, shapeInference } from "./constants.ts";
import { convGradInputInference, convGradWeightInference, convInference, convTransposeInference } from "./conv.ts";
import { blockedConvInference, reorderInputInference, reorderOutputInference } from "./internal.ts";
import { fusedMatMulInference, gemmInference, matMulInference } from "./matmul.ts";
import {
  batchNormalizationInference,
  normalizationGradInference,
  scaleChannelsInference,
  trainingNormalizationInference,
  unscaledGradInference,
} from "./normalization.ts";
import { averagePoolGradInference, globalPoolInference, maxPoolGradInference, poolInference } from "./pool.ts";
import { reduceInference } from "./reduce.ts";
import {
  depthToSpaceInference,
  expandInference,
  flattenInference,
  reshapeInference,
  squeezeInference,
  transposeInference,
  unsqueezeInference,
} from "./reshape.ts";
import { resizeInference } from "./resize.ts";
import type { InferenceRule } from "./rule.ts";
import { castInference, clipInference, dropoutInference, preluInference, whereInference } from "./select.ts";
import { concatInference, gatherInference, padInference, sliceInference, splitInference } from "./slice.ts";
import { softmaxInference } from "./softmax.ts";
import { reluGradInference, stopGradientInference } from "./training.ts";
import { unaryInference } from "./unary.ts";

/** Shape rules by operator; operators of another domain than ONNX's own are written `domain.Name`. */
export const inferenceRules = {
  ...unaryInference,
  ...binaryInference,
  ...reduceInference,
  ...softmaxInference,
  AveragePool: poolInference,
  BatchNormalization: batchNormalizationInference,
  Cast: castInference,
  Clip: clipInference,
  Concat: concatInference,
  Constant: constantInference,
  ConstantOfShape: constantOfShapeInference,
  Conv: convInference,
  ConvTranspose: convTransposeInference,
  DepthToSpace: depthToSpaceInference,
  Dropout: dropoutInference,
  Expand: expandInference,
  Flatten: flattenInference,
  Gather: gatherInference,
  Gemm: gemmInference,
  GlobalAveragePool: globalPoolInference,
  GlobalMaxPool: globalPoolInference,
  MatMul: matMulInference,
  MaxPool: poolInference,
  PRelu: preluInference,
  Pad: padInference,
  Reshape: reshapeInference,
  Resize: resizeInference,
  Shape: shapeInference,
  Slice: sliceInference,
  Split: splitInference,
  Squeeze: squeezeInference,
  Transpose: transposeInference,
  Unsqueeze: unsqueezeInference,
  Upsample: resizeInference,
  Where: whereInference,
  "com.microsoft.FusedMatMul": fusedMatMulInference,
  "com.microsoft.nchwc.Conv": blockedConvInference,
  "com.microsoft.nchwc.ReorderInput": reorderInputInference,
  "com.microsoft.nchwc.ReorderOutput": reorderOutputInference,
  "fovea.AveragePool": poolInference,
  "fovea.AveragePoolGrad": averagePoolGradInference,
  "fovea.BatchNormalization": trainingNormalizationInference,
  "fovea.BatchNormalizationGrad": normalizationGradInference,
  "fovea.BatchNormalizationGradUnscaled": unscaledGradInference,
  "fovea.Conv": convInference,
  "fovea.ConvGradInput": convGradInputInference,
  "fovea.ConvGradWeight": convGradWeightInference,
  "fovea.MaxPool": poolInference,
  "fovea.MaxPoolGrad": maxPoolGradInference,
  "fovea.ReluGrad": reluGradInference,
  "fovea.ScaleChannels": scaleChannelsInference,
  "fovea.StopGradient": stopGradientInference,
} satisfies Record<string, InferenceRule>;

export type OperatorName = keyof typeof inferenceRules;
