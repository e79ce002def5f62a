import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import type { InferenceRule } from "./rule.ts";

/** com.microsoft.nchwc: onnxruntime's own blocked layout; only lowering emits these (docs/engine.md). */
export const NCHWC_DOMAIN = "com.microsoft.nchwc";

const blocked: InferenceRule = ({ input }) => [input(0)];

export const reorderInputInference = blocked;

export const reorderOutputInference: InferenceRule = ({ input, attributes }) => {
  const { shape, dtype } = input(0);
  return [{ dtype, shape: shape.with(1, attributes.int("channels", 0)) }];
};

export const blockedConvInference: InferenceRule = ({ input, attributes }) => {
  const [x, w] = [input(0), input(1)];
  const [kernelHeight, kernelWidth] = w.shape.slice(2) as [number, number];
  const pads = attributes.ints("pads", [0, 0, 0, 0]);
  const dilations = attributes.ints("dilations", [1, 1]);
  const extent = (axis: 0 | 1, kernel: number) =>
    (x.shape[axis + 2] as number) + pads[axis]! + pads[axis + 2]! - dilations[axis]! * (kernel - 1);
  return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, extent(0, kernelHeight), extent(1, kernelWidth)] }];
};

export interface BlockedConvOptions {
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group?: number;
}

/** Stride-1 convolution in blocks of channels: x [1, C, H, W], weights already blocked but declared as [K, C / group, kh, kw]. */
export function blockedConv(
  build: GraphBuilder,
  x: Value,
  w: Value,
  { pads, dilations, group = 1 }: BlockedConvOptions,
): Value {
  const input = build.node("ReorderInput", [x], { domain: NCHWC_DOMAIN });
  const output = build.node("Conv", [input, w], {
    domain: NCHWC_DOMAIN,
    attributes: {
      pads: attribute.ints(pads),
      dilations: attribute.ints(dilations),
      strides: attribute.ints([1, 1]),
      kernel_shape: attribute.ints(w.shape.slice(2) as number[]),
      group: attribute.int(group),
    },
  });
  return build.node("ReorderOutput", [output], {
    domain: NCHWC_DOMAIN,
    attributes: { channels: attribute.int(w.shape[0] as number) },
  });
}

/**
 * Training-mode BatchNormalization of onnxruntime over [1, C, P]: y, batch mean, batch (biased) variance.
 * It overwrites its inputs mean and variance in place, so each node owns a pair of constants that nothing else reads or equals.
 */
export const nativeTrainingNormalization = (build: GraphBuilder, inputs: readonly Value[], epsilon: number) =>
  build.nodeOutputs("BatchNormalization", inputs, {
    outputCount: 3,
    attributes: { training_mode: attribute.int(1), momentum: attribute.float(0), epsilon: attribute.float(epsilon) },
  }) as readonly [y: Value, mean: Value, variance: Value];
