import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import type { InferenceRule } from "./rule.ts";

/** com.microsoft.nchwc: onnxruntime's own blocked layout; only lowering emits these (docs/engine.md). */
export const NCHWC_DOMAIN = "com.microsoft.nchwc";

export const reorderInputInference: InferenceRule = ({ input }) => [input(0)];

export const reorderOutputInference: InferenceRule = ({ input, attributes }) => {
  const { shape, dtype } = input(0);
  return [{ dtype, shape: shape.with(1, attributes.int("channels", 0)) }];
};

export const blockedConvInference: InferenceRule = ({ input, attributes }) => {
  const [x, w] = [input(0), input(1)];
  const kernels = w.shape.slice(2) as [number, number];
  const pads = attributes.ints("pads", [0, 0, 0, 0]);
  const dilations = attributes.ints("dilations", [1, 1]);
  const strides = attributes.ints("strides", [1, 1]);
  const extent = (axis: 0 | 1) => {
    const padded = (x.shape[axis + 2] as number) + pads[axis]! + pads[axis + 2]!;
    return Math.floor((padded - dilations[axis]! * (kernels[axis] - 1) - 1) / strides[axis]!) + 1;
  };
  return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, extent(0), extent(1)] }];
};

export interface BlockedConvOptions {
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly strides?: readonly number[];
  readonly group?: number;
}

/** x in blocks of channels, C being whole blocks: [N, C / B, H, W, B] in memory, declared as [N, C, H, W]. */
export const reorderInput = (build: GraphBuilder, x: Value): Value =>
  build.node("ReorderInput", [x], { domain: NCHWC_DOMAIN });

/** Back from blocks of channels. */
export const reorderOutput = (build: GraphBuilder, x: Value): Value =>
  build.node("ReorderOutput", [x], {
    domain: NCHWC_DOMAIN,
    attributes: { channels: attribute.int(x.shape[1] as number) },
  });

/**
 * Convolution in blocks of channels: x and the result blocked, weights blocked too but declared as [K, C / group, kh, kw]. `bias` [K]
 * and `sum`, blocked as the result, are added.
 */
export const blockedConv = (
  build: GraphBuilder,
  operands: readonly [x: Value, w: Value, bias?: Value, sum?: Value],
  { pads, dilations, strides = [1, 1], group = 1 }: BlockedConvOptions,
): Value =>
  build.node("Conv", operands as readonly Value[], {
    domain: NCHWC_DOMAIN,
    attributes: {
      pads: attribute.ints(pads),
      dilations: attribute.ints(dilations),
      strides: attribute.ints(strides),
      kernel_shape: attribute.ints(operands[1].shape.slice(2) as number[]),
      group: attribute.int(group),
    },
  });

/**
 * Training-mode BatchNormalization of onnxruntime over [1, C, P]: y, batch mean, batch (biased) variance.
 * It overwrites its inputs mean and variance in place, so each node owns a pair of constants that nothing else reads or equals.
 */
export const nativeTrainingNormalization = (build: GraphBuilder, inputs: readonly Value[], epsilon: number) =>
  build.nodeOutputs("BatchNormalization", inputs, {
    outputCount: 3,
    attributes: { training_mode: attribute.int(1), momentum: attribute.float(0), epsilon: attribute.float(epsilon) },
  }) as readonly [y: Value, mean: Value, variance: Value];
