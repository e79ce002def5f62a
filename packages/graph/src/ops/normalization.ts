import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { normalizeAxis } from "../ir/shapes.ts";
import { type Attributes, FOVEA_DOMAIN } from "../ir/types.ts";
import type { InferenceRule } from "./rule.ts";
import { axesOf, layoutOf } from "./spatial.ts";

/** Inference form: y = (x - mean) / sqrt(variance + epsilon) * scale + bias, per channel (axis 1). */
export const batchNormalizationInference: InferenceRule = ({ node, input }) =>
  node.outputs.map((_, index) => (index === 0 ? input(0) : { dtype: input(0).dtype, shape: input(1).shape }));

/** Operands of a batch normalisation, each [C]. */
export interface BatchNormalizationParameters {
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** y = (x - mean) / sqrt(variance + epsilon) * scale + bias by channel, axis 1; a training of `scale` takes the statistics of its batch instead. */
export const batchNormalization = (
  build: GraphBuilder,
  x: Value,
  { scale, bias, mean, variance }: BatchNormalizationParameters,
  { epsilon = 1e-5 } = {},
): Value =>
  build.node("BatchNormalization", [x, scale, bias, mean, variance], {
    attributes: { epsilon: attribute.float(epsilon) },
  });

/** fovea.BatchNormalization(x, scale, bias): training form; outputs y, the batch's mean and its biased variance. */
export const trainingNormalizationInference: InferenceRule = ({ input }) => {
  const statistics = { dtype: input(0).dtype, shape: input(1).shape };
  return [input(0), statistics, statistics];
};

/** fovea.BatchNormalization: x normalised by the statistics of its batch; `scale` and `bias` are [C], so are mean and biased variance. */
export const trainingNormalization = (
  build: GraphBuilder,
  x: Value,
  scale: Value,
  bias: Value,
  attributes: Attributes,
) =>
  build.nodeOutputs("BatchNormalization", [x, scale, bias], {
    domain: FOVEA_DOMAIN,
    attributes,
    outputCount: 3,
  }) as readonly [y: Value, mean: Value, variance: Value];

/** fovea.BatchNormalizationGrad(dy, x, scale, mean, variance): gradients of x, scale and bias. */
export const normalizationGradInference: InferenceRule = ({ input }) => [input(1), input(2), input(2)];

/** fovea.BatchNormalizationGrad: gradients of a trainingNormalization; all but dy and x are [C]. */
export const normalizationGrad = (
  build: GraphBuilder,
  inputs: readonly [dy: Value, x: Value, scale: Value, mean: Value, variance: Value],
  attributes: Attributes,
) =>
  build.nodeOutputs("BatchNormalizationGrad", inputs, {
    domain: FOVEA_DOMAIN,
    attributes,
    outputCount: 3,
  }) as readonly [dx: Value, dScale: Value, dBias: Value];

/**
 * fovea.BatchNormalizationGradUnscaled: as above, but dx is given as two factors, `unscaled` and the per-channel `factor` [C],
 * so that a convolution behind it may fold the factor into small tensors (dx = factor * unscaled).
 */
export const unscaledGradInference: InferenceRule = ({ input }) => [input(1), input(2), input(2), input(2)];

/**
 * fovea.NormalizedProduct(x, w, scale, bias): trainingNormalization of W x, a 1x1 convolution of maps [C, H, W, N] with kernels
 * [K, C, 1, 1]; outputs y [K, H, W, N], the batch's mean and its biased variance. Lowering puts it together (lowering/absorb-product).
 */
export const normalizedProductInference: InferenceRule = ({ input }) => {
  const [x, w, { shape: channels }] = [input(0), input(1), input(2)];
  const kernel = w.shape.slice(2) as number[];
  const size = x.shape.slice(1, 3).map((extent, axis) => (extent as number) - kernel[axis]! + 1);
  const statistics = { dtype: x.dtype, shape: channels };
  return [{ dtype: x.dtype, shape: [w.shape[0]!, ...size, x.shape[3]!] }, statistics, statistics];
};

/** fovea.NormalizedProductGrad(dy, x, w, scale, mean, variance): gradients of x, w, scale and bias of a NormalizedProduct. */
export const normalizedProductGradInference: InferenceRule = ({ input }) => [input(1), input(2), input(3), input(3)];

/** fovea.ScaleChannels(x, factor [C]): x times a factor per channel. */
export const scaleChannelsInference: InferenceRule = ({ input }) => [input(0)];

/** fovea.ScaleChannels: x times `factor` [C], the channels where `attributes` (layout) have them. */
export const scaleChannels = (build: GraphBuilder, x: Value, factor: Value, attributes: Attributes): Value =>
  build.node("ScaleChannels", [x, factor], { domain: FOVEA_DOMAIN, attributes });

/** Shape that makes a per-channel vector [C] broadcast over a map in this node's layout. */
export const channelShape = (channels: number, attributes: Parameters<typeof layoutOf>[0], rank = 4): number[] =>
  Array.from({ length: rank }, (_, axis) => (axis === axesOf(layoutOf(attributes), rank).channel ? channels : 1));

/**
 * LayerNormalization(x, scale, bias): y = (x - m) / sqrt(v + epsilon) * scale + bias over the axes from `axis` on;
 * also m and 1 / sqrt(v + epsilon) where they are asked for.
 */
export const layerNormalizationInference: InferenceRule = ({ node, input, attributes }) => {
  const { shape, dtype } = input(0);
  const axis = normalizeAxis(attributes.int("axis", -1), shape.length);
  const statistics = { dtype, shape: shape.map((extent, index) => (index < axis ? extent : 1)) };
  return node.outputs.map((_, index) => (index === 0 ? { dtype, shape } : statistics));
};

/** `scale` and `bias` broadcast over the axes from `axis` on. Ba et al. 2016, arXiv:1607.06450. */
export const layerNormalization = (
  build: GraphBuilder,
  x: Value,
  scale: Value,
  bias?: Value,
  { axis = -1, epsilon = 1e-5 } = {},
): Value =>
  build.node("LayerNormalization", bias ? [x, scale, bias] : [x, scale], {
    attributes: { axis: attribute.int(axis), epsilon: attribute.float(epsilon) },
  });

/** Groups of channels of each sample by themselves; `scale` and `bias` are [C]. Wu and He 2018, arXiv:1803.08494. */
export const groupNormalization = (
  build: GraphBuilder,
  x: Value,
  scale: Value,
  bias: Value,
  { groups, epsilon = 1e-5 }: { groups: number; epsilon?: number },
): Value =>
  build.node("GroupNormalization", [x, scale, bias], {
    attributes: { num_groups: attribute.int(groups), epsilon: attribute.float(epsilon) },
  });

/** Each channel of each sample by itself; `scale` and `bias` are [C]. Ulyanov et al. 2016, arXiv:1607.08022. */
export const instanceNormalization = (
  build: GraphBuilder,
  x: Value,
  scale: Value,
  bias: Value,
  { epsilon = 1e-5 } = {},
): Value =>
  build.node("InstanceNormalization", [x, scale, bias], { attributes: { epsilon: attribute.float(epsilon) } });
