import { layoutOf, sizeOfMap } from "../ops/spatial.ts";
import { extents, type GradientRule } from "./rule.ts";

/** y = maximum of each window: dy to the elements that equal it. */
export const maxPool: GradientRule = ({ build, node, inputs: [x], outputs: [y], dy }) => [build.maxPoolGrad(dy, x!, y!, node.attributes)];

/** y = mean of each window: dx = sum over the windows of dy / (elements of the window inside the map). */
export const averagePool: GradientRule = ({ build, node, attributes, inputs: [x], dy }) => [
  build.averagePoolGrad(dy, node.attributes, sizeOfMap(extents(x!), layoutOf(attributes)) as number[]),
];
