import type { Value } from "../ir/builder.ts";
import { normalizeAxis } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { padAmounts, sliceRanges } from "../ops/slice.ts";
import { extents, type GradientContext, type GradientRule } from "./rule.ts";

/** What the rules of ops/slice.ts need to read a node's constant ranges. */
const ranges = ({ node, build, inputs }: GradientContext) => ({
  node,
  inputs,
  input: (index: number) => inputs[index]!,
  constant: (index: number) => build.constantOf(inputs[index]),
});

const padAxis = (build: Build, x: Value, axis: number, begin: number, end: number): Value => {
  if (begin === 0 && end === 0) return x;
  const pads = new Array<number>(x.shape.length * 2).fill(0);
  pads[axis] = begin;
  pads[axis + x.shape.length] = end;
  return build.pad(x, pads);
};

/** Puts `step - 1` zeros behind every element along an axis. */
const spread = (build: Build, x: Value, axis: number, step: number): Value => {
  if (step === 1) return x;
  const shape = extents(x);
  const columns = build.reshape(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  return build.reshape(padAxis(build, columns, axis + 1, 0, step - 1), shape.with(axis, shape[axis]! * step));
};

/** y = x[start:end:step] by axis: dx is dy put back in its places, zero elsewhere. Steps below 0 are not differentiated. */
export const slice: GradientRule = (context) => {
  const { build, inputs, dy } = context;
  const shape = extents(inputs[0]!);
  const dx = sliceRanges(ranges(context)).reduce((gradient, { axis, start, step }) => {
    const wide = spread(build, gradient, axis, step);
    const missing = shape[axis]! - start - extents(wide)[axis]!;
    return padAxis(build, wide, axis, start, missing);
  }, dy);
  return [dx, ...inputs.slice(1).map(() => null)];
};

/** y = x with a border: dx is the middle of dy. Only for constant borders. */
export const pad: GradientRule = (context) => {
  const { build, inputs, dy } = context;
  const shape = extents(inputs[0]!);
  const pads = padAmounts(ranges(context));
  const axes = shape.map((_, axis) => axis);
  const starts = pads.slice(0, shape.length);
  return [build.slice(dy, { axes, starts, ends: axes.map((axis) => starts[axis]! + shape[axis]!) }), ...inputs.slice(1).map(() => null)];
};

/** y = parts side by side: every part takes its own piece of dy. */
export const concat: GradientRule = ({ build, attributes, inputs, dy, needs }) => {
  const axis = normalizeAxis(attributes.int("axis", 0), dy.shape.length);
  let start = 0;
  return inputs.map((part, index) => {
    const end = start + extents(part)[axis]!;
    const piece = needs(index) ? build.slice(dy, { axes: [axis], starts: [start], ends: [end] }) : null;
    start = end;
    return piece;
  });
};

/** y_i = pieces of x along an axis: dx is their gradients side by side, zeros for a piece that the loss does not use. */
export const split: GradientRule = ({ build, attributes, inputs, outputs, outputGradients }) => {
  const axis = normalizeAxis(attributes.int("axis", 0), inputs[0]!.shape.length);
  const pieces = outputs.map((output, index) => outputGradients[index] ?? build.expand(build.scalar(0), extents(output)));
  return [build.concat(pieces, { axis }), null];
};

/** y = x taken at constant indices along an axis: dx = S dy, where S [extent, taken] is 1 where index and row agree. */
export const gather: GradientRule = ({ build, attributes, inputs: [x, indices], dy }) => {
  const shape = extents(x!);
  const axis = normalizeAxis(attributes.int("axis", 0), shape.length);
  const taken = numbersOf(build.constantOf(indices)!).map((index) => (index < 0 ? index + shape[axis]! : index));
  const data = new Float32Array(shape[axis]! * taken.length);
  taken.forEach((row, column) => {
    data[row * taken.length + column] = 1;
  });
  const selection = build.constant({ dtype: "float32", shape: [shape[axis]!, taken.length], data });
  const before = shape.slice(0, axis).reduce((product, extent) => product * extent, 1);
  const after = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  return [build.reshape(build.matMul(selection, build.reshape(dy, [before, taken.length, after])), shape), null];
};
