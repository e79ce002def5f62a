import { numbersOf } from "../ir/tensors.ts";
import { extents, type GradientRule } from "./rule.ts";

/** y = every element repeated by whole factors (nearest): dx = sum of dy over each block. */
export const resize: GradientRule = ({ build, inputs, outputs: [y], dy }) => {
  const shape = extents(inputs[0]!);
  const target = extents(y!);
  const factors = inputs[2] && build.constantOf(inputs[2]) ? numbersOf(build.constantOf(inputs[2])!) : shape.map((extent, axis) => target[axis]! / extent);
  const blocks = shape.flatMap((extent, axis) => [extent, factors[axis]!]);
  const repeated = shape.map((_, axis) => axis * 2 + 1);
  return [build.reduceSum(build.reshape(dy, blocks), { axes: repeated, keepDims: false }), ...inputs.slice(1).map(() => null)];
};
