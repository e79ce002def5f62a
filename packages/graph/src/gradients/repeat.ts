import { numbersOf } from "../ir/tensors.ts";
import { extents, type GradientRule } from "./rule.ts";

/** y = x side by side with itself: dx = the sum of dy over all copies. */
export const tile: GradientRule = ({ build, inputs: [x, repeats], dy }) => {
  const counts = numbersOf(build.constantOf(repeats)!); // shape inference asks for constants
  const shape = extents(x!);
  const copies = build.reshape(
    dy,
    shape.flatMap((extent, axis) => (counts[axis] === 1 ? [extent] : [counts[axis]!, extent])),
  );
  let place = 0;
  const axes = shape.flatMap((_, axis) => {
    if (counts[axis] === 1) {
      place += 1;
      return [];
    }
    place += 2;
    return [place - 2];
  });
  return [axes.length === 0 ? dy : build.reduceSum(copies, { axes, keepDims: false }), null];
};

/** y_i = sum of x_j for j up to i: dx_j = sum of dy_i from i = j on, the same sum from the other end. */
export const cumSum: GradientRule = ({ build, node, attributes, inputs: [, axis], dy }) => [
  build.node("CumSum", [dy, axis], {
    attributes: {
      ...node.attributes,
      reverse: { type: "int", value: 1 - attributes.int("reverse", 0) },
    },
  }),
  null,
];
