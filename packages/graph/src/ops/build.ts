import { errors } from "../errors.ts";
import { attributesOf } from "../ir/attributes.ts";
import { type BuilderOptions, GraphBuilder, type InferredType, type InferTypes } from "../ir/builder.ts";
import type { Node } from "../ir/types.ts";
import * as binary from "./binary.ts";
import * as convolution from "./conv.ts";
import * as einsum from "./einsum.ts";
import * as indices from "./indices.ts";
import * as matmul from "./matmul.ts";
import * as normalization from "./normalization.ts";
import { scatterInOrder } from "./ordered-scatter.ts";
import * as pool from "./pool.ts";
import * as random from "./random.ts";
import * as recurrent from "./recurrent.ts";
import * as reduce from "./reduce.ts";
import * as repeat from "./repeat.ts";
import * as reshape from "./reshape.ts";
import * as resize from "./resize.ts";
import { mismatch } from "./rule.ts";
import * as sample from "./sample.ts";
import * as select from "./select.ts";
import * as slice from "./slice.ts";
import * as softmax from "./softmax.ts";
import { inferenceRules } from "./table.ts";
import * as training from "./training.ts";
import * as unary from "./unary.ts";

/** Key of a node in the tables by operator: `Conv`, `com.microsoft.FusedMatMul`, `fovea.Conv`. */
export const operatorKey = (node: Pick<Node, "domain" | "op">): string =>
  node.domain === "" || node.domain === "ai.onnx" ? node.op : `${node.domain}.${node.op}`;

/** Types of a node's outputs by the table of shape rules; an operator that is not there is an error naming the node. */
export const inferTypes: InferTypes = (node, builder): readonly InferredType[] => {
  const rule = (inferenceRules as Record<string, (typeof inferenceRules)["Conv"]>)[operatorKey(node)];
  if (!rule) throw errors["unknown-operator"]({ node: node.name, op: node.op, domain: node.domain });
  const inputs = node.inputs.map((name) => (name === "" ? undefined : builder.value(name)));
  return rule({
    node,
    attributes: attributesOf(node),
    inputs,
    opset: builder.opset,
    input(index) {
      const value = inputs[index];
      if (!value) throw mismatch(node, `input ${index}`, "none");
      return value;
    },
    constant: (index) => builder.constantOf(inputs[index]),
  });
};

const { unaryInference: _unary, unaryOperators: _names, ...unaryBuilders } = unary;
const { binaryInference: _binary, ...binaryBuilders } = binary;
/** The methods of Build: each has the builder itself for its first argument and takes the others, `build.add(a, b)`. */
const functions = {
  ...unaryBuilders,
  ...binaryBuilders,
  averagePool: pool.averagePool,
  averagePoolGrad: pool.averagePoolGrad,
  batchNormalization: normalization.batchNormalization,
  cast: select.cast,
  clip: select.clip,
  clipGrad: training.clipGrad,
  concat: slice.concat,
  conv: convolution.conv,
  convGradInput: convolution.convGradInput,
  convGradWeight: convolution.convGradWeight,
  convInLayout: convolution.convInLayout,
  cumSum: repeat.cumSum,
  einsum: einsum.einsum,
  convTranspose: convolution.convTranspose,
  depthToSpace: reshape.depthToSpace,
  expand: reshape.expand,
  flatten: reshape.flatten,
  fusedMatMul: matmul.fusedMatMul,
  gather: slice.gather,
  gatherElements: indices.gatherElements,
  gatherND: indices.gatherND,
  gemm: matmul.gemm,
  globalAveragePool: pool.globalAveragePool,
  groupNormalization: normalization.groupNormalization,
  gru: recurrent.gru,
  instanceNormalization: normalization.instanceNormalization,
  layerNormalization: normalization.layerNormalization,
  globalMaxPool: pool.globalMaxPool,
  gridSample: sample.gridSample,
  logSoftmax: softmax.logSoftmax,
  lstm: recurrent.lstm,
  matMul: matmul.matMul,
  maxPool: pool.maxPool,
  maxPoolGrad: pool.maxPoolGrad,
  normalizationGrad: normalization.normalizationGrad,
  pad: slice.pad,
  poolInLayout: pool.poolInLayout,
  randomDropout: random.randomDropout,
  randomUniform: random.randomUniform,
  reduceLogSumExp: reduce.reduceLogSumExp,
  reduceMax: reduce.reduceMax,
  reduceMean: reduce.reduceMean,
  reduceProd: reduce.reduceProd,
  reduceSum: reduce.reduceSum,
  reduceSumSquare: reduce.reduceSumSquare,
  reluGrad: training.reluGrad,
  reshape: reshape.reshape,
  roiAlign: sample.roiAlign,
  scaleChannels: normalization.scaleChannels,
  scatterElements: indices.scatterElements,
  scatterInOrder,
  scatterND: indices.scatterND,
  slice: slice.slice,
  softmax: softmax.softmax,
  spaceToDepth: reshape.spaceToDepth,
  split: slice.split,
  stochasticDepth: random.stochasticDepth,
  stopGradient: training.stopGradient,
  tile: repeat.tile,
  topK: indices.topK,
  trainingNormalization: normalization.trainingNormalization,
  transpose: reshape.transpose,
  upsampleNearest: resize.upsampleNearest,
  where: select.where,
};

/** A function of a builder as a method of it. */
type Bound<F> = F extends (build: GraphBuilder, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** A graph builder with one method for each operator: `build.relu(build.conv(x, w))`. */
export type Build = GraphBuilder & { readonly [Name in keyof typeof functions]: Bound<(typeof functions)[Name]> };

/** Starts a graph, empty or from one that exists. */
export function createBuilder(options: BuilderOptions = {}): Build {
  const builder = new GraphBuilder(inferTypes, options);
  for (const [name, operator] of Object.entries(functions)) {
    Object.defineProperty(builder, name, {
      value: (operator as (...all: unknown[]) => unknown).bind(undefined, builder),
    });
  }
  return builder as Build;
}
