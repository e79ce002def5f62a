import type { Random } from "../contract.test.support.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import type { Build } from "../ops/build.ts";

/** Appends a node to a value where its shape allows; undefined where it does not. */
type Step = (build: Build, x: Value, random: Random, others: readonly Value[]) => Value | undefined;

const extents = (x: Value): readonly number[] => x.shape as readonly number[];

const isMap = (x: Value): boolean => x.shape.length === 4;

const constant = (build: Build, random: Random, shape: readonly number[]): Value =>
  build.constant(random.tensor(shape, 0.2, 1));

const steps: readonly Step[] = [
  (build, x) => build.tanh(x),
  (build, x, random) =>
    build.mul(
      x,
      constant(
        build,
        random,
        extents(x).map((extent) => (random.uniform() < 0.5 ? 1 : extent)),
      ),
    ),
  (build, x, random) => build.add(x, constant(build, random, extents(x).slice(random.integer(0, x.shape.length)))),
  (build, x, random, others) => {
    const fits = others.filter(
      (other) =>
        other.shape.length === x.shape.length &&
        extents(other).every((extent, axis) => extent === 1 || extent === extents(x)[axis]),
    );
    return fits.length > 0 ? build.sub(x, random.pick(fits)) : undefined;
  },
  (build, x, random) => {
    if (!isMap(x) || Math.min(...extents(x).slice(2)) < 2) return undefined;
    const [, channels] = extents(x);
    const filters = random.integer(1, 4);
    const bias = random.uniform() < 0.5 ? constant(build, random, [filters]) : undefined;
    return build.tanh(
      build.conv(x, constant(build, random, [filters, channels!, 2, 2]), bias, {
        strides: [random.integer(1, 2), 1],
        pads: [1, 0, 0, 1],
      }),
    );
  },
  (build, x) =>
    isMap(x) && Math.min(...extents(x).slice(2)) > 1 ? build.maxPool(x, { kernel: [2, 2], ceil: true }) : undefined,
  (build, x) => (isMap(x) ? build.averagePool(x, { kernel: [2, 2], strides: [1, 1], pads: [1, 0, 0, 1] }) : undefined),
  (build, x) => (isMap(x) ? build.node("GlobalMaxPool", [x]) : undefined),
  (build, x, random, others) => {
    const axis = random.integer(0, x.shape.length - 1);
    const fits = others.filter(
      (other) =>
        other.shape.length === x.shape.length &&
        extents(other).every((extent, i) => i === axis || extent === extents(x)[i]),
    );
    return sizeOf(extents(x)) < 400 && x.shape.length > 0
      ? build.concat([x, random.pick([...fits, x])], { axis })
      : undefined;
  },
  (build, x, random) => {
    const axis = random.integer(0, x.shape.length - 1);
    const extent = extents(x)[axis] ?? 1;
    return extent > 1 ? build.split(x, { axis, sizes: [1, extent - 1] })[1] : undefined;
  },
  (build, x, random) => {
    const axis = random.integer(0, x.shape.length - 1);
    return (extents(x)[axis] ?? 1) > 2
      ? build.slice(x, { axes: [axis], starts: [1], ends: [1000], steps: [random.integer(1, 2)] })
      : undefined;
  },
  (build, x, random) => {
    const pads = [...extents(x), ...extents(x)].map(() => random.integer(0, 1));
    return sizeOf(extents(x)) < 200 && x.shape.length > 0 ? build.pad(x, pads) : undefined;
  },
  (build, x, random) =>
    x.shape.length > 1 ? build.transpose(x, random.shuffle(extents(x).map((_, axis) => axis))) : undefined,
  (build, x, random) => {
    if (x.shape.length < 2) return undefined;
    const at = random.integer(0, x.shape.length - 2);
    return build.reshape(x, [
      ...extents(x).slice(0, at),
      extents(x)[at]! * extents(x)[at + 1]!,
      ...extents(x).slice(at + 2),
    ]);
  },
  (build, x, random) =>
    x.shape.length < 4 ? build.node("Unsqueeze", [x, build.integers([random.integer(0, x.shape.length)])]) : undefined,
  (build, x, random) => {
    const axes = extents(x).flatMap((_, axis) => (random.uniform() < 0.4 ? [axis] : []));
    return axes.length > 0 ? build.reduceMean(x, { axes, keepDims: random.uniform() < 0.5 }) : undefined;
  },
  (build, x, random) =>
    x.shape.length > 0 ? build.softmax(x, { axis: random.integer(-x.shape.length, x.shape.length - 1) }) : undefined,
  (build, x, random) => {
    if (x.shape.length === 0) return undefined;
    const axis = random.integer(0, x.shape.length - 1);
    return build.gather(x, [0, extents(x)[axis]! - 1, -1], { axis });
  },
  (build, x) => (isMap(x) && sizeOf(extents(x)) < 200 ? build.upsampleNearest(x, 2) : undefined),
  (build, x, random) =>
    x.shape.length === 2
      ? build.tanh(build.gemm(x, constant(build, random, [extents(x)[1]!, 3]), constant(build, random, [3])))
      : undefined,
  (build, x, random) =>
    x.shape.length > 0
      ? build.expand(x, [2, ...extents(x)])
      : build.where(build.greater(x, random.uniform()), x, build.neg(x)),
];

/** Appends `count` nodes to any of the values made so far; returns those that were made. */
export function addRandomNodes(
  build: Build,
  inputs: readonly Value[],
  random: Random,
  count: number,
): readonly Value[] {
  const values = [...inputs];
  while (values.length < inputs.length + count) {
    const made = random.pick(steps)(build, random.pick(values), random, values);
    if (made && sizeOf(extents(made)) < 3000 && made.shape.length <= 5) values.push(made);
  }
  return values.slice(inputs.length);
}
