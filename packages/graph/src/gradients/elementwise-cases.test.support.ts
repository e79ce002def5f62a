import type { Random } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32 } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import type { Case, Family } from "./family.test.support.ts";

const shapes = [[5], [1], [2, 3], [1, 4], [2, 1, 3], [2, 3, 1, 2]] as const;

/** Extents from 1 to 4 (so that broadcasts and odd sizes occur), of a drawn rank. */
export const drawnShape = (random: Random, lowestRank: number, highestRank: number): number[] =>
  Array.from({ length: random.integer(lowestRank, highestRank) }, () => random.integer(1, 4));

/** Two shapes that broadcast to one: some of the first axes of either left out, some extents 1. */
const drawnBroadcast = (random: Random): [number[], number[]] => {
  const whole = drawnShape(random, 1, 4);
  const side = () =>
    whole.slice(random.integer(0, whole.length)).map((extent) => (random.integer(0, 2) === 0 ? 1 : extent));
  return random.integer(0, 1) ? [whole, side()] : [side(), side()];
};

/** An operator of one input, over several ranks. */
export const unary =
  (output: (build: Build, x: Value) => Value, draw: (random: Random, shape: readonly number[]) => Tensor): Family =>
  (random) =>
    [...shapes, drawnShape(random, 0, 4), drawnShape(random, 3, 5)].map((shape) => ({
      label: `[${shape}]`,
      inputs: [draw(random, shape)],
      output: (build, [x]) => output(build, x!),
    }));

export const between =
  (low: number, high: number) =>
  (random: Random, shape: readonly number[]): Tensor =>
    random.tensor(shape, low, high);

export const apart = (random: Random, shape: readonly number[]): Tensor => random.apart(shape);

/** Pairs of shapes that broadcast in every way: equal, missing axes, extents of 1 on either side and on both. */
const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [[2, 3], []],
  [[], [2]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [
    [1, 3],
    [2, 1],
  ],
  [[1], [2, 2]],
  [
    [2, 3, 2, 2],
    [3, 1, 1],
  ],
  [[1, 1], [1]],
];

export const binary =
  (
    output: (build: Build, a: Value, b: Value) => Value,
    draw: (random: Random, shape: readonly number[]) => Tensor,
  ): Family =>
  (random) => [
    ...[...broadcasts, ...Array.from({ length: 6 }, () => drawnBroadcast(random))].map(([a, b]) => ({
      label: `[${a}] and [${b}]`,
      inputs: [draw(random, a), draw(random, b)],
      output: (build: Build, [x, y]: readonly Value[]) => output(build, x!, y!),
    })),
    {
      label: "the same value twice",
      inputs: [draw(random, [3])],
      output: (build, [x]) => output(build, x!, build.mul(x!, 1.5)),
    },
  ];

/** Two inputs for an operator that compares them: their elements alternate on one scale, so that no two are near. */
export const extremum =
  (op: "Max" | "Min"): Family =>
  (random) => {
    const drawn = (first: readonly number[], second: readonly number[]): [Tensor, Tensor] => {
      const a = random.apart(first);
      const b = random.apart(second);
      return [a, { ...b, data: (b.data as Float32Array).map((element) => element + 0.05) }];
    };
    return [
      ...broadcasts.map(([first, second]) => ({
        label: `[${first}] and [${second}]`,
        inputs: drawn(first, second),
        output: (build: Build, [a, b]: readonly Value[]) => build.node(op, [a, b]),
      })),
      { label: "one input", inputs: [random.apart([3])], output: (build, [a]) => build.node(op, [a]) },
      {
        label: "three inputs",
        inputs: [float32([2, 2], [1, 5, 3, 8]), float32([2], [2, 4]), float32([], [3.5])],
        output: (build, inputs) => build.node(op, inputs),
      },
    ];
  };

export const reduction =
  (op: string, draw: (random: Random, shape: readonly number[]) => Tensor): Family =>
  (random) =>
    (
      [
        [[2, 3], [1], true],
        [[2, 3], [0], false],
        [[2, 3, 4], [0, -1], true],
        [[2, 3, 2], [-2], false],
        [[3, 1], [1], true],
        [[4], [0], false],
        [[2, 3], undefined, true],
        [[2, 1, 3], undefined, false],
      ] as const
    ).map(([shape, axes, keepDims]) => ({
      label: `[${shape}] over ${axes ?? "all"}, keepdims ${keepDims}`,
      inputs: [draw(random, shape)],
      output: (build: Build, [x]: readonly Value[]) =>
        build.node(op, axes ? [x, build.integers(axes)] : [x], {
          attributes: { keepdims: attribute.int(Number(keepDims)) },
        }),
    }));

export const withNoAxes =
  (op: string): Family =>
  (random) => [
    {
      label: "no axes, which means none",
      inputs: [random.tensor([2, 2], 0.5, 1)],
      output: (build, [x]) =>
        build.node(op, [x, build.integers([])], { attributes: { noop_with_empty_axes: attribute.int(1) } }),
    },
  ];

export const join =
  (...families: readonly Family[]): Family =>
  (random) =>
    families.flatMap((family) => family(random));

/** One case from shape and builder, elements in [-1, 1). */
export const single = (
  random: Random,
  label: string,
  shapesOfInputs: readonly (readonly number[])[],
  output: Case["output"],
): Case => ({
  label,
  inputs: shapesOfInputs.map((shape) => random.tensor(shape)),
  output,
});
