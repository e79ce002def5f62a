import { repetitionsOf } from "../ops/resize.ts";
import { extents, type GradientRule, unsupported } from "./rule.ts";

/** y = every element repeated by whole factors (nearest): dx = sum of dy over each block. */
export const resize: GradientRule = ({ build, node, attributes, inputs, outputs: [y], dy }) => {
  const shape = extents(inputs[0]!);
  const factors = repetitionsOf(attributes, build.constantOf(inputs[2]), shape, extents(y!));
  if (!factors) throw unsupported(node, "anything but nearest neighbours by whole factors");
  const blocks = shape.flatMap((extent, axis) => [extent, factors[axis]!]);
  const repeated = shape.map((_, axis) => axis * 2 + 1);
  return [
    build.reduceSum(build.reshape(dy, blocks), { axes: repeated, keepDims: false }),
    ...inputs.slice(1).map(() => null),
  ];
};
