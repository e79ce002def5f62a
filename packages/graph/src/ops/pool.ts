import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { type Attributes, FOVEA_DOMAIN } from "../ir/types.ts";
import type { InferenceRule } from "./rule.ts";
import { axesOf, layoutOf, mapShape, outputExtents, sizeOfMap, windowOf } from "./spatial.ts";

/** MaxPool and AveragePool, of ONNX and in a layout. */
export const poolInference: InferenceRule = ({ node, input, attributes }) => {
  const { shape, dtype } = input(0);
  const layout = layoutOf(attributes);
  const { batch, channel } = axesOf(layout, shape.length);
  const size = sizeOfMap(shape, layout);
  const window = windowOf(attributes, attributes.ints("kernel_shape", []), size);
  const pooled = mapShape(layout, shape[batch]!, shape[channel]!, outputExtents(size, window));
  return node.outputs.map((_, index) => ({ dtype: index === 0 ? dtype : "int64", shape: pooled }));
};

/** Windows of a pooling over one to three spatial axes. */
export interface PoolOptions {
  /** One number a spatial axis; so are the strides, which equal the kernel unless told. */
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  /** All begins, then all ends. */
  readonly pads?: readonly number[];
  /** Keeps a last window that is only partly inside the map. */
  readonly ceil?: boolean;
}

const poolAttributes = ({
  kernel,
  strides = kernel,
  pads = [...kernel, ...kernel].map(() => 0),
  ceil = false,
}: PoolOptions): Attributes => ({
  kernel_shape: attribute.ints(kernel),
  strides: attribute.ints(strides),
  pads: attribute.ints(pads),
  ceil_mode: attribute.int(Number(ceil)),
});

/** Largest element of each window: [N, C, ...] to [N, C, ...], one to three spatial axes. */
export const maxPool = (build: GraphBuilder, x: Value, options: PoolOptions): Value =>
  build.node("MaxPool", [x], { attributes: poolAttributes(options) });

/** Mean of each window; elements outside the map do not count. */
export const averagePool = (build: GraphBuilder, x: Value, options: PoolOptions): Value =>
  build.node("AveragePool", [x], { attributes: poolAttributes(options) });

/** fovea.MaxPool and fovea.AveragePool: pooling in a named layout. */
export const poolInLayout = (
  build: GraphBuilder,
  op: "MaxPool" | "AveragePool",
  x: Value,
  attributes: Attributes,
): Value => build.node(op, [x], { domain: FOVEA_DOMAIN, attributes });

/** fovea.MaxPoolGrad(dy, x, y): each maximum of a window takes its gradient (all of them on ties). */
export const maxPoolGradInference: InferenceRule = ({ input }) => [input(1)];

/** fovea.MaxPoolGrad: dx, of the shape of x, from dy and the pooling's input x, output y and attributes. */
export const maxPoolGrad = (build: GraphBuilder, dy: Value, x: Value, y: Value, attributes: Attributes): Value =>
  build.node("MaxPoolGrad", [dy, x, y], { domain: FOVEA_DOMAIN, attributes });

/** fovea.AveragePoolGrad(dy): spreads each window's gradient evenly; `input_size` is the map's [H, W]. */
export const averagePoolGradInference: InferenceRule = ({ input, attributes }) => {
  const { shape, dtype } = input(0);
  const layout = layoutOf(attributes);
  const { batch, channel } = axesOf(layout, shape.length);
  return [{ dtype, shape: mapShape(layout, shape[batch]!, shape[channel]!, attributes.ints("input_size", [])) }];
};

/** fovea.AveragePoolGrad: dx [N, C, ...] of dy; `attributes` are those of the pooling, `inputSize` the extents of x's map. */
export const averagePoolGrad = (
  build: GraphBuilder,
  dy: Value,
  attributes: Attributes,
  inputSize: readonly number[],
): Value =>
  build.node("AveragePoolGrad", [dy], {
    domain: FOVEA_DOMAIN,
    attributes: { ...attributes, input_size: attribute.ints(inputSize) },
  });

export const globalPoolInference: InferenceRule = ({ input }) => {
  const { shape, dtype } = input(0);
  return [{ dtype, shape: shape.map((extent, axis) => (axis < 2 ? extent : 1)) }];
};

/** Mean of each map: [N, C, ...] to [N, C, 1, ...]. */
export const globalAveragePool = (build: GraphBuilder, x: Value): Value => build.node("GlobalAveragePool", [x]);

/** Largest element of each map: [N, C, ...] to [N, C, 1, ...]. */
export const globalMaxPool = (build: GraphBuilder, x: Value): Value => build.node("GlobalMaxPool", [x]);
