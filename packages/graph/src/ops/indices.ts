import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape, normalizeAxis } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import { type InferenceRule, mismatch, sameAsFirst } from "./rule.ts";

/** GatherElements(x, indices): an element for each index, y[i, j] = x[indices[i, j], j] along axis 0. */
export const gatherElementsInference: InferenceRule = ({ node, input }) => {
  const [x, indices] = [input(0), input(1)];
  if (x.shape.length !== indices.shape.length)
    throw mismatch(node, "indices of the rank of x", `${formatShape(indices.shape)} for ${formatShape(x.shape)}`);
  return [{ dtype: x.dtype, shape: indices.shape }];
};

/** GatherND(x, indices [..., k]): y[...] = x[indices[..., 0], ..., indices[..., k - 1]], the first `batch_dims` axes in common. */
export const gatherNDInference: InferenceRule = ({ node, input, attributes }) => {
  const [x, indices] = [input(0), input(1)];
  const batch = attributes.int("batch_dims", 0);
  const depth = indices.shape.at(-1);
  if (typeof depth !== "number" || batch + depth > x.shape.length)
    throw mismatch(
      node,
      `indices [..., k] with k up to ${x.shape.length - batch}`,
      `${formatShape(indices.shape)} for ${formatShape(x.shape)}`,
    );
  return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] }];
};

/** ScatterElements and ScatterND: x with some elements replaced, or changed by the updates. */
export const scatterInference = sameAsFirst;

/** TopK(x, k): the k largest (or smallest) along an axis, and their indices. */
export const topKInference: InferenceRule = ({ node, input, attributes, constant }) => {
  const { shape, dtype } = input(0);
  const operand = constant(1);
  const count = operand ? numbersOf(operand)[0]! : attributes.int("k", 0); // an attribute before opset 10
  if (count < 1) throw mismatch(node, "a constant k of at least 1", "none");
  const axis = normalizeAxis(attributes.int("axis", -1), shape.length);
  const taken = shape.with(axis, count);
  return [
    { dtype, shape: taken },
    { dtype: "int64", shape: taken },
  ];
};

/** y of the shape of `indices` (int32 or int64, of x's rank): each element of x at the place named along `axis`. */
export const gatherElements = (build: GraphBuilder, x: Value, indices: Value, { axis = 0 } = {}): Value =>
  build.node("GatherElements", [x, indices], { attributes: { axis: attribute.int(axis) } });

/** Slices of x at places [..., k] along its first k axes behind `batchAxes` common ones. */
export const gatherND = (build: GraphBuilder, x: Value, indices: Value, { batchAxes = 0 } = {}): Value =>
  build.node("GatherND", [x, indices], { attributes: { batch_dims: attribute.int(batchAxes) } });

/** How an update meets what is there: it replaces it unless told. */
export interface ScatterOptions {
  /** What becomes of an element that is met: the update, or the sum with it. */
  readonly reduction?: "none" | "add";
}

/** x with elements replaced, or combined, at the places that `indices` name along `axis`; the reverse of gatherElements. */
export const scatterElements = (
  build: GraphBuilder,
  x: Value,
  indices: Value,
  updates: Value,
  { axis = 0, reduction = "none" }: ScatterOptions & { readonly axis?: number } = {},
): Value =>
  build.node("ScatterElements", [x, indices, updates], {
    attributes: { axis: attribute.int(axis), reduction: attribute.string(reduction) },
  });

/** x with slices replaced, or combined, at places [..., k] along its first k axes; the reverse of gatherND. */
export const scatterND = (
  build: GraphBuilder,
  x: Value,
  indices: Value,
  updates: Value,
  { reduction = "none" }: ScatterOptions = {},
): Value => build.node("ScatterND", [x, indices, updates], { attributes: { reduction: attribute.string(reduction) } });

/** The k largest, or smallest, along an axis in sorted order. */
export const topK = (build: GraphBuilder, x: Value, k: number, { axis = -1, largest = true } = {}) =>
  build.nodeOutputs("TopK", [x, build.integers([k])], {
    attributes: { axis: attribute.int(axis), largest: attribute.int(Number(largest)) },
    outputCount: 2,
  }) as readonly [values: Value, indices: Value];
