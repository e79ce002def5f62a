import type { Value } from "../ir/builder.ts";
import { normalizeAxis, sizeOf } from "../ir/shapes.ts";
import { float32, numbersOf } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { padAmounts, sliceRanges } from "../ops/slice.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

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

/** x with an axis read backwards. */
const reversed = (build: Build, x: Value, axis: number): Value =>
  build.slice(x, { axes: [axis], starts: [-1], ends: [Number.MIN_SAFE_INTEGER], steps: [-1] });

/** y = x[start:end:step] by axis: dx is dy put back in its places, zero elsewhere. */
export const slice: GradientRule = (context) => {
  const { build, inputs, dy } = context;
  const shape = extents(inputs[0]!);
  const dx = sliceRanges(ranges(context)).reduce((gradient, { axis, start, step }) => {
    const count = extents(gradient)[axis]!;
    const first = step > 0 ? start : start + (count - 1) * step;
    const wide = spread(build, step > 0 ? gradient : reversed(build, gradient, axis), axis, Math.abs(step));
    const missing = shape[axis]! - first - extents(wide)[axis]!;
    return padAxis(build, wide, axis, first, missing);
  }, dy);
  return [dx, ...inputs.slice(1).map(() => null)];
};

/** y = x with a constant border (or cut, where a pad is below 0): dx is the middle of dy. */
export const pad: GradientRule = (context) => {
  const { build, node, attributes, inputs, dy } = context;
  if (attributes.string("mode", "constant") !== "constant") throw unsupported(node, "a border that repeats the map");
  const shape = extents(inputs[0]!);
  const pads = padAmounts(ranges(context));
  if (pads.some((amount) => amount < 0))
    return [
      build.pad(
        dy,
        pads.map((amount) => -amount),
      ),
      ...inputs.slice(1).map(() => null),
    ];
  const axes = shape.map((_, axis) => axis);
  const starts = pads.slice(0, shape.length);
  return [
    build.slice(dy, { axes, starts, ends: axes.map((axis) => starts[axis]! + shape[axis]!) }),
    ...inputs.slice(1).map(() => null),
  ];
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
  const pieces = outputs.map(
    (output, index) => outputGradients[index] ?? build.expand(build.scalar(0), extents(output)),
  );
  return [build.concat(pieces, { axis }), null];
};

/** y = x taken at indices along an axis: dx = S dy, where S [extent, taken] is 1 where index and row agree. */
export const gather: GradientRule = ({ build, attributes, inputs: [x, indices], dy }) => {
  const shape = extents(x!);
  const axis = normalizeAxis(attributes.int("axis", 0), shape.length);
  const count = sizeOf(extents(indices!));
  const before = sizeOf(shape.slice(0, axis));
  const after = sizeOf(shape.slice(axis + 1));
  return [
    build.reshape(
      build.matMul(selection(build, indices!, shape[axis]!), build.reshape(dy, [before, count, after])),
      shape,
    ),
    null,
  ];
};

/** 0/1 matrix [extent, indices]; an index below 0 counts from the end. */
function selection(build: Build, indices: Value, extent: number): Value {
  const count = sizeOf(extents(indices));
  const tensor = build.constantOf(indices);
  if (!tensor) {
    const flat = build.reshape(build.cast(indices, "float32"), [1, count]);
    const fromStart = build.where(build.less(flat, 0), build.add(flat, extent), flat);
    const rows = build.constant(
      float32(
        [extent, 1],
        Array.from({ length: extent }, (_, row) => row),
      ),
    );
    return build.cast(build.equal(rows, fromStart), "float32");
  }
  const data = new Float32Array(extent * count);
  numbersOf(tensor).forEach((index, column) => {
    data[(index < 0 ? index + extent : index) * count + column] = 1;
  });
  return build.constant(float32([extent, count], data));
}
