import { binaryInference } from "./binary.ts";
import { constantInference, constantOfShapeInference, shapeInference } from "./constants.ts";
import { convGradInputInference, convGradWeightInference, convInference, convTransposeInference } from "./conv.ts";
import { einsumInference } from "./einsum.ts";
import { gatherElementsInference, gatherNDInference, scatterInference, topKInference } from "./indices.ts";
import { blockedConvInference, reorderInputInference, reorderOutputInference } from "./internal.ts";
import { fusedMatMulInference, gemmInference, matMulInference } from "./matmul.ts";
import {
  batchNormalizationInference,
  layerNormalizationInference,
  normalizationGradInference,
  normalizedProductGradInference,
  normalizedProductInference,
  scaleChannelsInference,
  trainingNormalizationInference,
  unscaledGradInference,
} from "./normalization.ts";
import { averagePoolGradInference, globalPoolInference, maxPoolGradInference, poolInference } from "./pool.ts";
import { randomUniformInference } from "./random.ts";
import { recurrentInference } from "./recurrent.ts";
import { reduceInference } from "./reduce.ts";
import { cumSumInference, tileInference } from "./repeat.ts";
import {
  depthToSpaceInference,
  expandInference,
  flattenInference,
  reshapeInference,
  spaceToDepthInference,
  squeezeInference,
  transposeInference,
  unsqueezeInference,
} from "./reshape.ts";
import { resizeInference } from "./resize.ts";
import { type InferenceRule, sameAsFirst } from "./rule.ts";
import { gridSampleInference, roiAlignInference } from "./sample.ts";
import { castInference, clipInference, dropoutInference, preluInference, whereInference } from "./select.ts";
import { concatInference, gatherInference, padInference, sliceInference, splitInference } from "./slice.ts";
import { softmaxInference } from "./softmax.ts";
import { clipGradInference, reluGradInference, stopGradientInference } from "./training.ts";
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
  CumSum: cumSumInference,
  DepthToSpace: depthToSpaceInference,
  Dropout: dropoutInference,
  Einsum: einsumInference,
  Expand: expandInference,
  Flatten: flattenInference,
  GRU: recurrentInference,
  Gather: gatherInference,
  GatherND: gatherNDInference,
  GatherElements: gatherElementsInference,
  Gemm: gemmInference,
  GlobalAveragePool: globalPoolInference,
  GlobalMaxPool: globalPoolInference,
  GroupNormalization: sameAsFirst,
  InstanceNormalization: sameAsFirst,
  LSTM: recurrentInference,
  LayerNormalization: layerNormalizationInference,
  GridSample: gridSampleInference,
  MatMul: matMulInference,
  MaxPool: poolInference,
  PRelu: preluInference,
  Pad: padInference,
  Reshape: reshapeInference,
  Resize: resizeInference,
  ScatterND: scatterInference,
  RoiAlign: roiAlignInference,
  ScatterElements: scatterInference,
  Shape: shapeInference,
  Slice: sliceInference,
  SpaceToDepth: spaceToDepthInference,
  Split: splitInference,
  Squeeze: squeezeInference,
  Swish: sameAsFirst,
  Tile: tileInference,
  TopK: topKInference,
  Transpose: transposeInference,
  Unsqueeze: unsqueezeInference,
  Upsample: resizeInference,
  Where: whereInference,
  "com.microsoft.FusedMatMul": fusedMatMulInference,
  "com.microsoft.QuickGelu": sameAsFirst,
  "com.microsoft.nchwc.Conv": blockedConvInference,
  "com.microsoft.nchwc.ReorderInput": reorderInputInference,
  "com.microsoft.nchwc.ReorderOutput": reorderOutputInference,
  "fovea.AveragePool": poolInference,
  "fovea.AveragePoolGrad": averagePoolGradInference,
  "fovea.BatchNormalization": trainingNormalizationInference,
  "fovea.BatchNormalizationGrad": normalizationGradInference,
  "fovea.BatchNormalizationGradUnscaled": unscaledGradInference,
  "fovea.ClipGrad": clipGradInference,
  "fovea.Conv": convInference,
  "fovea.ConvGradInput": convGradInputInference,
  "fovea.ConvGradWeight": convGradWeightInference,
  "fovea.MaxPool": poolInference,
  "fovea.MaxPoolGrad": maxPoolGradInference,
  "fovea.NormalizedProduct": normalizedProductInference,
  "fovea.NormalizedProductGrad": normalizedProductGradInference,
  "fovea.RandomUniform": randomUniformInference,
  "fovea.ReluGrad": reluGradInference,
  "fovea.ScaleChannels": scaleChannelsInference,
  "fovea.StopGradient": stopGradientInference,
} satisfies Record<string, InferenceRule>;

export type OperatorName = keyof typeof inferenceRules;
