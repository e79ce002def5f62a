import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { normalizeAxis } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { InferenceRule } from "./rule.ts";

/** Axes that a reduction runs over: attribute before opset 13 (ReduceSum) or 18, then an input; absent means all, or none where noop_with_empty_axes says so. */
export const reductionAxes = (
  { attributes, constant }: Pick<Parameters<InferenceRule>[0], "attributes" | "constant">,
  rank: number,
): number[] => {
  const tensor = constant(1);
  const axes = tensor ? numbersOf(tensor) : (attributes.optionalInts("axes") ?? []);
  if (axes.length === 0 && attributes.int("noop_with_empty_axes", 0) === 1) return [];
  return axes.length === 0
    ? Array.from({ length: rank }, (_, axis) => axis)
    : axes.map((axis) => normalizeAxis(axis, rank));
};

const inference: InferenceRule = (context) => {
  const { shape, dtype } = context.input(0);
  const axes = new Set(reductionAxes(context, shape.length));
  const keepDims = context.attributes.int("keepdims", 1) === 1;
  return [{ dtype, shape: shape.flatMap((extent, axis) => (axes.has(axis) ? (keepDims ? [1] : []) : [extent])) }];
};

export const reduceInference = {
  ReduceSum: inference,
  ReduceMean: inference,
  ReduceMax: inference,
  ReduceMin: inference,
  ReduceL1: inference,
  ReduceL2: inference,
  ReduceLogSum: inference,
  ReduceLogSumExp: inference,
  ReduceProd: inference,
  ReduceSumSquare: inference,
};

/** `axes` absent: all of them. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  readonly keepDims?: boolean;
}

const reduce =
  (op: keyof typeof reduceInference) =>
  (build: GraphBuilder, x: Value, { axes, keepDims = true }: ReduceOptions = {}): Value =>
    build.node(op, axes ? [x, build.integers(axes)] : [x], {
      attributes: { keepdims: attribute.int(Number(keepDims)) },
    });

export const reduceSum = reduce("ReduceSum");
export const reduceMean = reduce("ReduceMean");
export const reduceMax = reduce("ReduceMax");
export const reduceProd = reduce("ReduceProd");
export const reduceLogSumExp = reduce("ReduceLogSumExp");
export const reduceSumSquare = reduce("ReduceSumSquare");
