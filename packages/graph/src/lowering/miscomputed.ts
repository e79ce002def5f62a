import type { AttributeReader } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { normalizeAxis } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Shape, Tensor } from "../ir/types.ts";

/** What is known of a node: attributes, types of its inputs, and those of them that are constants. */
export interface KnownNode {
  readonly attributes: AttributeReader;
  readonly inputs: readonly (Value | undefined)[];
  readonly constant: (index: number) => Tensor | undefined;
}

const shapeOf = ({ inputs }: KnownNode, index: number): Shape => inputs[index]?.shape ?? [];

const numbers = ({ constant }: KnownNode, index: number): readonly number[] | undefined => {
  const tensor = constant(index);
  return tensor && [...numbersOf(tensor)];
};

/** Largest of 4, 2 and 1 that divides a number of channels: how many WebGPU's kernels treat at once. */
const atOnce = (channels: number): number => (channels % 4 === 0 ? 4 : channels % 2 === 0 ? 2 : 1);

/** Kernels of one pixel, step 1 and no padding are a product of matrices, which is right. */
const isProduct = (kernel: Shape, attributes: AttributeReader): boolean =>
  kernel.length === 2 &&
  kernel.every((extent) => extent === 1) &&
  attributes.ints("strides", [1, 1]).every((step) => step === 1) &&
  attributes.ints("pads", [0]).every((pad) => pad === 0);

/** Kernels [K, C, ...] of one group: three channels are read at once where C is a multiple of 3 and not of 4, and mixed up where K is one of 4. */
export function mixesChannels(node: KnownNode): boolean {
  const [filters, channels, ...kernel] = shapeOf(node, 1) as readonly number[];
  return (
    kernel.length < 3 &&
    node.attributes.int("group", 1) === 1 &&
    channels! > 3 &&
    channels! % 3 === 0 &&
    channels! % 4 !== 0 &&
    filters! % 4 === 0 &&
    !isProduct(kernel, node.attributes)
  );
}

/** Kernels [K, C / group, ...]: as many filters are treated at once as divide all of them, also where they then belong to two groups. */
export function mixesGroups(node: KnownNode): boolean {
  const [filters, , ...kernel] = shapeOf(node, 1) as readonly number[];
  const group = node.attributes.int("group", 1);
  const ofGroup = filters! / group;
  return kernel.length < 3 && group > 1 && ofGroup >= 4 && ofGroup % atOnce(filters!) !== 0;
}

/** Kernels [C, K / group, ...] of a transposed convolution: the channels of a group are read by pairs where it has one filter. */
function mixesTransposed(node: KnownNode): boolean {
  const [channels, filters] = shapeOf(node, 1) as readonly number[];
  const group = node.attributes.int("group", 1);
  return group > 1 && filters === 1 && (channels! / group) % 2 === 0;
}

/** A negative step counts from the last element, wherever the slice starts. */
export function startsInside(node: KnownNode): boolean {
  const shape = shapeOf(node, 0);
  const [starts, axes, steps] = [1, 3, 4].map((index) => numbers(node, index));
  if (!starts || !steps) return false;
  return steps.some((step, index) => {
    const extent = shape[normalizeAxis(axes?.[index] ?? index, shape.length)]!;
    const start = starts[index]!;
    if (step > 0 || start === -1) return false;
    return typeof extent !== "number" || (start < 0 ? start + extent : start) < extent - 1;
  });
}

/** Without axes nothing is added up, but each element is still to be squared and the like: it copies. */
const skipsElements = (node: KnownNode): boolean =>
  node.attributes.int("noop_with_empty_axes", 0) === 1 &&
  (node.inputs[1] === undefined || numbers(node, 1)?.length === 0);

/** A product over an axis without elements: the process ends inside of the runtime. */
const multipliesNothing = (node: KnownNode): boolean => shapeOf(node, 0).at(-1) === 0;

/**
 * Nodes of the ONNX standard that onnxruntime 1.30's WebGPU provider computes wrongly without an error, in Node and in the browser,
 * or that end the process.
 * Found by comparing it with the CPU over the cases of all operators here.
 */
export const miscomputed: Readonly<Record<string, (node: KnownNode) => boolean>> = {
  Conv: (node) => mixesChannels(node) || mixesGroups(node),
  ConvTranspose: mixesTransposed,
  MatMul: multipliesNothing,
  ReduceL1: skipsElements,
  ReduceLogSum: skipsElements,
  ReduceSumSquare: skipsElements,
  Slice: startsInside,
};
