import type { Value } from "../ir/builder.ts";
import { normalizeAxis, sizeOf } from "../ir/shapes.ts";
import type { Build } from "../ops/build.ts";
import { extents, type GradientRule, sumTo, unsupported } from "./rule.ts";

/** n = (x - m) i, where m is the mean over some axes and i = 1 / sqrt(v + epsilon). */
interface Standardized {
  readonly normalized: Value;
  readonly inverse: Value;
  readonly axes: readonly number[];
}

function standardize(build: Build, x: Value, axes: readonly number[], epsilon: number): Standardized {
  const centred = build.sub(x, build.reduceMean(x, { axes }));
  const variance = build.reduceMean(build.mul(centred, centred), { axes });
  const inverse = build.reciprocal(build.sqrt(build.add(variance, epsilon)));
  return { normalized: build.mul(centred, inverse), inverse, axes };
}

/** dx = i (dn - mean(dn) - n mean(dn n)): the gradient without the parts that shift and scale x as a whole. */
function standardizeGrad(build: Build, dn: Value, { normalized, inverse, axes }: Standardized): Value {
  const alongN = build.reduceMean(build.mul(dn, normalized), { axes });
  return build.mul(inverse, build.sub(build.sub(dn, build.reduceMean(dn, { axes })), build.mul(normalized, alongN)));
}

/**
 * y = n scale + bias, n standardized over the axes from `axis` on: dn = dy scale, dscale = sum dy n, dbias = sum dy over the axes along
 * which they were repeated. Ba et al. 2016, arXiv:1607.06450. As outputs, m and i give dm / count and -i^2 n di / count more.
 */
export const layerNormalization: GradientRule = (context) => {
  const { build, attributes, inputs, outputs, outputGradients, needs } = context;
  const [x, scale, bias] = inputs;
  const shape = extents(x!);
  const first = normalizeAxis(attributes.int("axis", -1), shape.length);
  const axes = shape.map((_, axis) => axis).slice(first);
  const [, mean, deviation] = outputs;
  const standard: Standardized =
    mean && deviation
      ? { normalized: build.mul(build.sub(x!, mean), deviation), inverse: deviation, axes }
      : standardize(build, x!, axes, attributes.float("epsilon", 1e-5));
  const [dy, dMean, dInverse] = outputGradients;
  const count = sizeOf(shape.slice(first));
  const parts = [
    dy && standardizeGrad(build, build.mul(dy, scale!), standard),
    dMean && build.expand(build.mul(dMean, 1 / count), shape),
    dInverse &&
      build.mul(
        standard.normalized,
        build.mul(build.mul(dInverse, build.mul(standard.inverse, standard.inverse)), -1 / count),
      ),
  ].filter((part) => part !== undefined);
  return [
    needs(0) ? parts.reduce((total, part) => build.add(total, part)) : null,
    dy && needs(1) ? sumTo(build, build.mul(dy, standard.normalized), scale!) : null,
    dy && bias && needs(2) ? sumTo(build, dy, bias) : null,
  ];
};

/** y = n scale + bias where `view`, a reshape of x, is standardized over its last axis; scale and bias are [C], axis 1 of x. */
const inView =
  (viewOf: (shape: readonly number[], context: Parameters<GradientRule>[0]) => readonly number[]): GradientRule =>
  (context) => {
    const { build, attributes, inputs, dy, needs } = context;
    const [x, scale] = inputs;
    const shape = extents(x!);
    const view = viewOf(shape, context);
    const standard = standardize(build, build.reshape(x!, view), [view.length - 1], attributes.float("epsilon", 1e-5));
    const column = build.reshape(
      scale!,
      shape.map((extent, axis) => (axis === 1 ? extent : 1)),
    );
    const perChannel = (map: Value) =>
      build.reduceSum(map, { axes: shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])), keepDims: false });
    return [
      needs(0)
        ? build.reshape(standardizeGrad(build, build.reshape(build.mul(dy, column), view), standard), shape)
        : null,
      needs(1) ? perChannel(build.mul(dy, build.reshape(standard.normalized, shape))) : null,
      needs(2) ? perChannel(dy) : null,
    ];
  };

/**
 * Groups of channels of each sample standardized by themselves: dn = dy scale, dscale = sum dy n, dbias = sum dy over all axes but the
 * channels. Wu and He 2018, arXiv:1803.08494.
 */
export const groupNormalization: GradientRule = inView((shape, { node, attributes, inputs }) => {
  const groups = attributes.int("num_groups", 1);
  if (inputs[1]!.shape[0] !== shape[1])
    throw unsupported(node, "a scale for each group, as before opset 21 (upgradeOpset)");
  return [shape[0]!, groups, sizeOf(shape.slice(1)) / groups];
});

/** Each channel of each sample standardized by itself; else as above. Ulyanov et al. 2016, arXiv:1607.08022. */
export const instanceNormalization: GradientRule = inView((shape) => [shape[0]!, shape[1]!, sizeOf(shape.slice(2))]);
