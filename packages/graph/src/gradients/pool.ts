import { layoutOf, sizeOfMap, windowOf } from "../ops/spatial.ts";
import { asPlane, inPlane, planeAttributes, unplaned } from "./plane.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

/** y = maximum of each window over one to three axes: dy to the elements that equal it. */
export const maxPool: GradientRule = (context) => {
  const {
    build,
    inputs: [x],
    outputs: [y],
    dy,
  } = context;
  const [gradient, map, maxima] = [dy, x!, y!].map((value) => asPlane(build, value));
  return [unplaned(build, build.maxPoolGrad(gradient!, map!, maxima!, windowAttributes(context)), x!)];
};

/** y = mean of each window over one to three axes: dx = sum over the windows of dy / (elements of the window that count). */
export const averagePool: GradientRule = (context) => {
  const {
    build,
    inputs: [x],
    dy,
  } = context;
  const size = inPlane(sizeOfPooled(context), 1);
  return [unplaned(build, build.averagePoolGrad(asPlane(build, dy), windowAttributes(context), size), x!)];
};

/** y[n, c] = maximum over the map: dy to the elements that equal it, shared evenly between equal ones. */
export const globalMaxPool: GradientRule = ({ build, inputs: [x], outputs: [y], dy }) => {
  const axes = extents(x!).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const isMaximum = build.cast(build.equal(x!, y!), "float32");
  return [build.mul(isMaximum, build.div(dy, build.reduceSum(isMaximum, { axes })))];
};

const sizeOfPooled = ({ attributes, inputs: [x] }: GradientContext): number[] =>
  sizeOfMap(extents(x!), layoutOf(attributes)) as number[];

function windowAttributes(context: GradientContext) {
  const { node, attributes } = context;
  const size = sizeOfPooled(context);
  if (size.length > 3) throw unsupported(node, "windows over more than three axes");
  return planeAttributes(node, windowOf(attributes, attributes.ints("kernel_shape", []), size));
}
