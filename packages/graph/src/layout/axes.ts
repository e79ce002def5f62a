import { attribute } from "../ir/attributes.ts";
import { reductionAxes } from "../ops/reduce.ts";
import { repetitionsOf } from "../ops/resize.ts";
import { padAmounts, sliceRanges } from "../ops/slice.ts";
import { type LayoutContext, type LayoutRule, movedAxis, movedOutputs } from "./rule.ts";

const reader = ({ build, node, inputs }: LayoutContext) => ({
  node,
  inputs: inputs.map((input) => input?.value),
  input: (index: number) => inputs[index]!.value,
  constant: (index: number) => build.constantOf(inputs[index]?.value),
});

/** Softmax and its like work along one axis. */
export const alongAxis: LayoutRule = ({ build, node, attributes, inputs, rank }) => {
  const axis = movedAxis(attributes.int("axis", -1), rank);
  const options = {
    attributes: { ...node.attributes, axis: attribute.int(axis) },
    outputs: node.outputs,
    name: node.name,
    domain: node.domain,
  };
  return movedOutputs(
    build.nodeOutputs(
      node.op,
      inputs.map((input) => input?.value),
      options,
    ),
  );
};

export const concat: LayoutRule = (context) =>
  context.inputs.every((input) => input?.moved) && context.attributes.int("axis", 0) !== 0
    ? alongAxis(context)
    : undefined;

export const split: LayoutRule = (context) =>
  context.attributes.int("axis", 0) !== 0 ? alongAxis(context) : undefined;

/** Reductions; where the batch is summed away and its axis dropped, nothing is moved any more. */
export const reduce: LayoutRule = (context) => {
  const { build, node, attributes, inputs } = context;
  const x = inputs[0]!.value;
  const rank = x.shape.length;
  const original = reductionAxes({ attributes, constant: reader(context).constant }, rank);
  if (original.length === 0) return undefined;
  const keepDims = attributes.int("keepdims", 1) === 1;
  const value = build.node(node.op, [x, build.integers(original.map((axis) => movedAxis(axis, rank)))], {
    attributes: { keepdims: attribute.int(Number(keepDims)) },
    outputs: node.outputs,
    name: node.name,
  });
  return [{ value, moved: keepDims || !original.includes(0) }];
};

export const globalAveragePool: LayoutRule = ({ build, inputs, node }) => {
  const x = inputs[0]!.value;
  const shape = x.shape as number[];
  const [channels, batch] = [shape[0]!, shape.at(-1)!];
  const mean = build.reduceMean(build.reshape(x, [channels, -1, batch]), { axes: [1] });
  const pooled = [channels, ...shape.slice(1, -1).map(() => 1), batch];
  return movedOutputs([
    build.node("Reshape", [mean, build.integers(pooled)], { outputs: node.outputs, name: node.name }),
  ]);
};

/** Reshape, Flatten, Squeeze and Unsqueeze keep the order of the elements; so do they with the batch last, if its axis stays first. */
export const reshape: LayoutRule = ({ build, inputs, shape, node }) => {
  const x = inputs[0]!.value;
  const batch = x.shape.at(-1) as number;
  if (shape[0] !== batch) return undefined;
  return movedOutputs([
    build.node("Reshape", [x, build.integers([...shape.slice(1), batch])], { outputs: node.outputs, name: node.name }),
  ]);
};

export const transpose: LayoutRule = ({ build, attributes, inputs, node, rank }) => {
  const permutation = attributes.ints("perm", []);
  if (permutation[0] !== 0) return undefined;
  const moved = [...permutation.slice(1).map((axis) => axis - 1), rank - 1];
  return movedOutputs([
    build.node("Transpose", [inputs[0]!.value], {
      attributes: { perm: attribute.ints(moved) },
      outputs: node.outputs,
      name: node.name,
    }),
  ]);
};

export const slice: LayoutRule = (context) => {
  const { build, inputs, node, rank } = context;
  const original = {
    ...reader(context),
    input: () => ({ ...inputs[0]!.value, shape: toOriginal(inputs[0]!.value.shape as number[]) }),
  };
  const ranges = sliceRanges(original);
  const list = (values: readonly number[]) => build.integers(values);
  const operands = [
    inputs[0]!.value,
    list(ranges.map((range) => range.start)),
    list(ranges.map((range) => (range.end < 0 ? Number.MIN_SAFE_INTEGER : range.end))),
    list(ranges.map((range) => movedAxis(range.axis, rank))),
    list(ranges.map((range) => range.step)),
  ];
  return movedOutputs([build.node("Slice", operands, { outputs: node.outputs, name: node.name })]);
};

export const pad: LayoutRule = (context) => {
  const { build, inputs, node, rank } = context;
  const pads = padAmounts(reader(context));
  const moved = [...pads.slice(1, rank), pads[0]!, ...pads.slice(rank + 1), pads[rank]!];
  const rest = inputs[2] ? [inputs[2].value] : [];
  return movedOutputs([
    build.node("Pad", [inputs[0]!.value, build.integers(moved), ...rest], {
      attributes: node.attributes,
      outputs: node.outputs,
      name: node.name,
    }),
  ]);
};

export const gather: LayoutRule = ({ build, attributes, inputs, node }) => {
  const x = inputs[0]!.value;
  if (attributes.int("axis", 0) === 0 || inputs[1]!.moved || inputs[1]!.value.shape.length !== 1) return undefined;
  const axis = movedAxis(attributes.int("axis", 0), x.shape.length);
  return movedOutputs([
    build.node("Gather", [x, inputs[1]!.value], {
      attributes: { axis: attribute.int(axis) },
      outputs: node.outputs,
      name: node.name,
    }),
  ]);
};

/** Nearest upsampling by whole factors, as a repetition of rows and columns. */
export const resize: LayoutRule = ({ build, attributes, inputs, node, shape }) => {
  const x = inputs[0]!.value;
  if (x.shape.length !== 4) return undefined;
  const [channels, height, width, batch] = x.shape as [number, number, number, number];
  const factors = repetitionsOf(
    attributes,
    build.constantOf(inputs[2]?.value),
    [batch, channels, height, width],
    shape,
  );
  const [ofBatch, ofChannels, vertical, horizontal] = factors ?? [];
  if (ofBatch !== 1 || ofChannels !== 1) return undefined;
  const columns = build.reshape(x, [channels, height, 1, width, 1, batch]);
  const repeated = build.expand(columns, [channels, height, vertical!, width, horizontal!, batch]);
  const target = build.integers([channels, height * vertical!, width * horizontal!, batch]);
  return movedOutputs([build.node("Reshape", [repeated, target], { outputs: node.outputs, name: node.name })]);
};

const toOriginal = (shape: readonly number[]): number[] => [shape.at(-1)!, ...shape.slice(0, -1)];
