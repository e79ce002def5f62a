import { float32, type Value } from "@foveajs/graph";
import { heNormal, normal } from "./initializers.ts";
import { normalization } from "./normalization.ts";
import { inside, type ParameterRole, parameter, type Scope } from "./scope.ts";

export interface ConvolutionOptions {
  readonly filters: number;
  /** Side of the square window, odd; the map keeps its size at stride 1. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly group?: number;
  /** `hidden` unless the layer sees one channel a group. */
  readonly role?: ParameterRole;
}

/** Kernels [filters, C / group, k, k] over maps [N, C, H, W], without bias. */
export function convolution(
  scope: Scope,
  x: Value,
  { filters, kernel = 3, stride = 1, group = 1, role }: ConvolutionOptions,
): Value {
  const channels = (x.shape[1] as number) / group;
  const weight = heNormal(scope.random, [filters, channels, kernel, kernel], { group });
  const pad = (kernel - 1) / 2;
  return scope.build.conv(
    x,
    parameter(scope, "weight", weight, role ?? (channels > 1 ? "hidden" : "edge")),
    undefined,
    {
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group,
    },
  );
}

/** Convolution, batch normalisation and, unless told otherwise, ReLU. */
export function convolutionBlock(
  scope: Scope,
  x: Value,
  { activation = "relu", scale = 1, ...options }: ConvolutionOptions & { activation?: "relu" | "none"; scale?: number },
): Value {
  const y = normalization(inside(scope, "norm"), convolution(inside(scope, "conv"), x, options), { scale });
  return activation === "relu" ? scope.build.relu(y) : y;
}

/** 1x1 convolution with bias that ends a network: small weights, so that training starts near `bias` [filters]. */
export function outputConvolution(
  scope: Scope,
  x: Value,
  { filters, bias }: { filters: number; bias: readonly number[] },
): Value {
  const weight = parameter(scope, "weight", normal(scope.random, [filters, x.shape[1] as number, 1, 1], 0.01), "edge");
  return scope.build.conv(x, weight, parameter(scope, "bias", float32([filters], bias), "vector"));
}
