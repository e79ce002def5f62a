import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape, normalizeAxis } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Dimension, Shape, Tensor } from "../ir/types.ts";
import { known, tensorOfNumbers } from "./constants.ts";
import { type InferenceContext, type InferenceRule, mismatch } from "./rule.ts";

const constants = (
  { node, constant }: Pick<InferenceContext, "node" | "constant">,
  index: number,
  what: string,
): number[] => {
  const own = node.attributes[what]; // Slice before opset 10, Pad before 11
  if (own?.type === "ints") return [...own.value];
  const tensor = constant(index);
  if (!tensor) throw mismatch(node, `constant ${what}`, "computed ones");
  return numbersOf(tensor);
};

const asNumber = (extent: Dimension, fail: () => Error): number => {
  if (typeof extent !== "number") throw fail();
  return extent;
};

export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The ranges of a Slice node, clamped to the input's extents. */
export function sliceRanges(context: Pick<InferenceContext, "node" | "constant" | "input" | "inputs">): SliceRange[] {
  const { shape } = context.input(0);
  const starts = constants(context, 1, "starts");
  const ends = constants(context, 2, "ends");
  const axes =
    context.inputs[3] || context.node.attributes.axes ? constants(context, 3, "axes") : starts.map((_, index) => index);
  const steps = context.inputs[4] ? constants(context, 4, "steps") : starts.map(() => 1);
  return axes.map((rawAxis, index) => {
    const axis = normalizeAxis(rawAxis, shape.length);
    const extent = asNumber(shape[axis]!, () =>
      mismatch(context.node, "a fixed extent on a sliced axis", formatShape(shape)),
    );
    const step = steps[index]!;
    const clamp = (value: number, low: number, high: number) =>
      Math.min(Math.max(value < 0 ? value + extent : value, low), high);
    const start = step > 0 ? clamp(starts[index]!, 0, extent) : clamp(starts[index]!, 0, extent - 1);
    const end =
      step > 0 ? clamp(ends[index]!, 0, extent) : ends[index]! < -extent ? -1 : clamp(ends[index]!, -1, extent - 1);
    return { axis, start, end, step };
  });
}

export const sliceInference: InferenceRule = (context) => {
  const { shape, dtype } = context.input(0);
  const result = [...shape];
  for (const { axis, start, end, step } of sliceRanges(context))
    result[axis] = Math.max(0, Math.ceil((end - start) / step));
  return [known(dtype, result, cutConstant(context, result))];
};

/** The part of a constant list. */
function cutConstant(context: InferenceContext, shape: Shape): Tensor | undefined {
  const tensor = context.constant(0);
  const [range] = sliceRanges(context);
  if (tensor?.shape.length !== 1 || !range) return undefined;
  const numbers = numbersOf(tensor);
  return tensorOfNumbers(
    tensor.dtype,
    Array.from({ length: shape[0] as number }, (_, index) => numbers[range.start + index * range.step]!),
    shape,
  );
}

/** A range by axis; negative places count from the end. */
export interface SliceOptions {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps?: readonly number[];
}

/** Part of x from `starts` to before `ends` along `axes`. */
export const slice = (build: GraphBuilder, x: Value, { axes, starts, ends, steps }: SliceOptions): Value =>
  build.node("Slice", [
    x,
    build.integers(starts),
    build.integers(ends),
    build.integers(axes),
    ...(steps ? [build.integers(steps)] : []),
  ]);

/** The pads of a Pad node as [begin..., end...] over all axes of the input. */
export function padAmounts(context: Pick<InferenceContext, "node" | "constant" | "input" | "inputs">): number[] {
  const rank = context.input(0).shape.length;
  const pads = constants(context, 1, "pads");
  if (!context.inputs[3]) return pads;
  const axes = constants(context, 3, "axes").map((axis) => normalizeAxis(axis, rank));
  const all = new Array<number>(rank * 2).fill(0);
  axes.forEach((axis, index) => {
    all[axis] = pads[index]!;
    all[axis + rank] = pads[index + axes.length]!;
  });
  return all;
}

export const padInference: InferenceRule = (context) => {
  const { shape, dtype } = context.input(0);
  const pads = padAmounts(context);
  return [
    {
      dtype,
      shape: shape.map((extent, axis) => {
        const amount = pads[axis]! + pads[axis + shape.length]!;
        return amount === 0
          ? extent
          : amount +
              asNumber(extent, () => mismatch(context.node, "a fixed extent on a padded axis", formatShape(shape)));
      }),
    },
  ];
};

/** `pads` is [begin of every axis..., end of every axis...]; new elements are zero, or copies of the edge. */
export const pad = (
  build: GraphBuilder,
  x: Value,
  pads: readonly number[],
  { mode = "constant" as "constant" | "edge" } = {},
): Value => build.node("Pad", [x, build.integers(pads)], { attributes: { mode: attribute.string(mode) } });

export const concatInference: InferenceRule = ({ node, inputs, input, attributes, constant }) => {
  const { shape, dtype } = input(0);
  const axis = normalizeAxis(attributes.int("axis", 0), shape.length);
  const extents = inputs.map((value) => value?.shape[axis] ?? 0);
  for (const value of inputs) {
    const fits =
      value?.shape.length === shape.length && value.shape.every((extent, i) => i === axis || extent === shape[i]);
    if (!fits)
      throw mismatch(node, `shapes that equal ${formatShape(shape)} but on axis ${axis}`, formatShape(value?.shape));
  }
  const total = extents.reduce<number>(
    (sum, extent) =>
      sum + asNumber(extent, () => mismatch(node, "fixed extents on the joined axis", formatShape(extents))),
    0,
  );
  const parts = inputs.map((_, index) => constant(index));
  const joined = shape.length === 1 && parts.every((part) => part !== undefined) ? parts.flatMap(numbersOf) : undefined;
  return [known(dtype, shape.with(axis, total), joined && tensorOfNumbers(dtype, joined, [total]))];
};

/** Values one behind the other along `axis`; their other extents are equal. */
export const concat = (build: GraphBuilder, values: readonly Value[], { axis }: { axis: number }): Value =>
  values.length === 1 ? values[0]! : build.node("Concat", values, { attributes: { axis: attribute.int(axis) } });

export const splitInference: InferenceRule = ({ node, input, attributes, constant }) => {
  const { shape, dtype } = input(0);
  const axis = normalizeAxis(attributes.int("axis", 0), shape.length);
  const tensor = constant(1);
  const parts = node.outputs.length;
  const extent = shape[axis];
  const chunk = typeof extent === "number" ? Math.ceil(extent / parts) : 0;
  const sizes = tensor
    ? numbersOf(tensor)
    : (attributes.optionalInts("split") ??
      Array.from({ length: parts }, (_, i) => Math.min(chunk, (extent as number) - i * chunk)));
  return sizes.map((size) => ({ dtype, shape: shape.with(axis, size) }));
};

/** Cuts an axis into parts of the given sizes. */
export const split = (
  build: GraphBuilder,
  x: Value,
  { axis, sizes }: { axis: number; sizes: readonly number[] },
): readonly Value[] =>
  build.nodeOutputs("Split", [x, build.integers(sizes)], {
    attributes: { axis: attribute.int(axis) },
    outputCount: sizes.length,
  });

export const gatherInference: InferenceRule = ({ input, attributes, constant }) => {
  const { shape, dtype } = input(0);
  const axis = normalizeAxis(attributes.int("axis", 0), shape.length);
  const result = [...shape.slice(0, axis), ...input(1).shape, ...shape.slice(axis + 1)];
  const [list, indices] = [constant(0), constant(1)];
  const isList = list?.shape.length === 1 && indices !== undefined;
  return [
    known(
      dtype,
      result,
      isList
        ? tensorOfNumbers(
            dtype,
            numbersOf(indices).map((index) => numbersOf(list).at(index)!),
            result,
          )
        : undefined,
    ),
  ];
};

/** Slices of x at these places along `axis` (0 unless told), in the order given. */
export const gather = (build: GraphBuilder, x: Value, indices: readonly number[], { axis = 0 } = {}): Value =>
  build.node("Gather", [x, build.integers(indices)], { attributes: { axis: attribute.int(axis) } });
