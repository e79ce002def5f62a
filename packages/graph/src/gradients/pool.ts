import { layoutOf, sizeOfMap } from "../ops/spatial.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

/** y = maximum of each window: dy to the elements that equal it. */
export const maxPool: GradientRule = (context) => {
  const {
    build,
    node,
    outputs: [y],
    dy,
  } = context;
  return [build.maxPoolGrad(dy, mapOf(context), y!, node.attributes)];
};

/** y = mean of each window: dx = sum over the windows of dy / (elements of the window that count). */
export const averagePool: GradientRule = (context) => {
  const { build, node, attributes, dy } = context;
  return [
    build.averagePoolGrad(dy, node.attributes, sizeOfMap(extents(mapOf(context)), layoutOf(attributes)) as number[]),
  ];
};

const mapOf = ({ node, inputs: [x] }: GradientContext) => {
  if (x!.shape.length !== 4) throw unsupported(node, "windows that are not of height and width");
  return x!;
};
