import type { Random } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32, int64 } from "../ir/tensors.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { drawnShape, single } from "./elementwise-cases.test.support.ts";
import type { Case, Family } from "./family.test.support.ts";

const times = (count: number, make: (index: number) => Case): Case[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** An axis of a rank, counted from either end. */
const drawnAxis = (random: Random, rank: number): number => random.integer(-rank, rank - 1);

/** A reduction over drawn axes of drawn shapes, from none to all of them. */
export const drawnReductions =
  (op: string, draw: (random: Random, shape: readonly number[]) => Tensor): Family =>
  (random) =>
    times(8, () => {
      const shape = drawnShape(random, 1, 4);
      const axes = random
        .shuffle(shape.map((_, axis) => axis))
        .slice(0, random.integer(0, shape.length))
        .map((axis) => (random.integer(0, 1) ? axis : axis - shape.length));
      const attributes = {
        keepdims: attribute.int(random.integer(0, 1)),
        noop_with_empty_axes: attribute.int(random.integer(0, 1)),
      };
      return {
        label: `[${shape}] over [${axes}], ${JSON.stringify(attributes)}`,
        inputs: [draw(random, shape)],
        output: (build, [x]) => build.node(op, [x, build.integers(axes)], { attributes }),
      };
    });

/** Products with zeros, one and several in what is multiplied. */
export const productsWithZeros: Family = () =>
  [[1], [0], [0, 1]].map((axes) => ({
    label: `zeros, over ${axes}`,
    inputs: [float32([3, 3], [0, 2, 0.5, 0, 0, 3, -1, 2, 4])],
    output: (build: Build, [x]: readonly Value[]) => build.reduceProd(x!, { axes }),
  }));

/** Vectors on either side, and matrices whose batches broadcast in drawn ways. */
export const vectorProducts: Family = (random) => [
  ...(
    [
      [[3], [3]],
      [[3], [3, 2]],
      [[2, 3], [3]],
      [[3], [2, 3, 4]],
      [[2, 1, 4, 3], [3]],
      [[1], [1, 1]],
      [
        [2, 0],
        [0, 3],
      ],
    ] as const
  ).map(([a, b]) => single(random, `[${a}] x [${b}]`, [a, b], (build, [x, y]) => build.matMul(x!, y!))),
  ...times(6, () => {
    const batch = drawnShape(random, 0, 3);
    const [rows, inner, columns] = [random.integer(1, 4), random.integer(1, 4), random.integer(1, 4)];
    const side = () =>
      batch.slice(random.integer(0, batch.length)).map((extent) => (random.integer(0, 2) === 0 ? 1 : extent));
    const [a, b] = [
      [...side(), rows, inner],
      [...side(), inner, columns],
    ];
    return single(random, `[${a}] x [${b}]`, [a, b], (build, [x, y]) => build.matMul(x!, y!));
  }),
];

const equations = [
  "ij,jk->ik",
  "ij,jk",
  "bij,bjk->bki",
  "bhqd,bhkd->bhqk",
  "ij,jk,kl->li",
  "bi,ij,bj->b",
  "i,j->ji",
  "ij->ji",
  "ba",
  "ij->i",
  "ij->",
  "ij,ij->",
  "ij,ij->ij",
  "ab,ca->c", // b is summed and nowhere else
  "ab,c->a", // b and c are
  "bcij,kc->bkij",
];

export const einsums: Family = (random) => [
  ...equations.map((equation) => {
    const extents = new Map([...equation].map((letter) => [letter, random.integer(1, 4)]));
    const terms = equation.split("->")[0]!.split(",");
    const shapes = terms.map((term) => [...term].map((letter) => extents.get(letter)!));
    return single(random, equation, shapes, (build, operands) => build.einsum(equation, operands));
  }),
  ...(
    [
      ["...ij,...jk->...ik", [2, 1, 3, 2], [1, 4, 2, 3]],
      ["...ij, jk -> ...ki", [2, 3, 2], [2, 3]],
      ["...i,...i->...", [2, 3, 2], [1, 3, 2]],
      ["i...->...i", [2, 3, 4], undefined],
      ["...a,...a", [2, 3], [1, 3]],
    ] as const
  ).map(([equation, a, b]) =>
    single(random, equation, b ? [a, b] : [a], (build, operands) => build.einsum(equation, operands)),
  ),
];

export const cumulativeSums: Family = (random) =>
  [0, 1, 2, 3].flatMap((kind) =>
    times(3, () => {
      const shape = drawnShape(random, 1, 3);
      const options = { axis: drawnAxis(random, shape.length), exclusive: kind % 2 === 1, reverse: kind > 1 };
      return single(random, `[${shape}], ${JSON.stringify(options)}`, [shape], (build, [x]) =>
        build.cumSum(x!, options),
      );
    }),
  );

export const tiles: Family = (random) => [
  ...times(8, () => {
    const shape = drawnShape(random, 1, 4);
    const repeats = shape.map(() => random.integer(1, 3));
    return single(random, `[${shape}] by ${repeats}`, [shape], (build, [x]) => build.tile(x!, repeats));
  }),
  single(random, "once", [[2, 3]], (build, [x]) => build.tile(x!, [1, 1])),
];

export const largest: Family = (random) =>
  times(8, () => {
    const shape = drawnShape(random, 1, 3);
    const axis = drawnAxis(random, shape.length);
    const k = random.integer(1, shape.at(axis < 0 ? axis : axis - shape.length)!);
    const options = { axis, largest: random.integer(0, 1) === 1 };
    return {
      label: `${k} of [${shape}], ${JSON.stringify(options)}`,
      inputs: [random.apart(shape)],
      output: (build, [x]) => build.topK(x!, k, options)[0],
    };
  });

/** Indices into an extent, from either end, some of them twice. */
const drawnIndices = (random: Random, shape: readonly number[], extent: number): Tensor =>
  int64(
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () =>
      random.integer(-extent, extent - 1),
    ),
    shape,
  );

/** Indices along an axis of which no two name one element: a permutation of the extent in every line, cut. */
function distinctIndices(random: Random, shape: readonly number[], axis: number, extent: number): Tensor {
  const after = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const size = shape.reduce((product, length) => product * length, 1);
  const lines = new Map<string, number[]>();
  return int64(
    Array.from({ length: size }, (_, element) => {
      const place = Math.floor(element / after) % shape[axis]!;
      const line = `${Math.floor(element / after / shape[axis]!)} ${element % after}`;
      if (!lines.has(line)) lines.set(line, random.shuffle(Array.from({ length: extent }, (_index, index) => index)));
      return lines.get(line)![place]!;
    }),
    shape,
  );
}

export const elementsGathered: Family = (random) =>
  times(8, () => {
    const shape = drawnShape(random, 1, 3);
    const axis = drawnAxis(random, shape.length);
    const along = axis < 0 ? axis + shape.length : axis;
    const taken = shape.map((extent, index) => random.integer(1, index === along ? 5 : extent));
    const indices = drawnIndices(random, taken, shape[along]!);
    return single(random, `[${taken}] of [${shape}] along ${axis}`, [shape], (build, [x]) =>
      build.gatherElements(x!, build.constant(indices), { axis }),
    );
  });

export const elementsScattered: Family = (random) =>
  (["none", "add"] as const).flatMap((reduction) =>
    times(6, () => {
      const shape = drawnShape(random, 1, 3);
      const axis = drawnAxis(random, shape.length);
      const along = axis < 0 ? axis + shape.length : axis;
      const changed = shape.map((extent) => random.integer(1, extent));
      const indices =
        reduction === "none"
          ? distinctIndices(random, changed, along, shape[along]!)
          : drawnIndices(random, changed, shape[along]!);
      return single(
        random,
        `[${changed}] into [${shape}] along ${axis}, ${reduction}`,
        [shape, changed],
        (build, [x, u]) => build.scatterElements(x!, build.constant(indices), u!, { axis, reduction }),
      );
    }),
  );

export const slicesGathered: Family = (random) =>
  (
    [
      [[3, 4], [3, 2], [0, 1, 2, -1, 0, 1], 0],
      [[2, 3, 4], [3, 1], [1, 0, 1], 0],
      [[5], [2, 2, 1], [4, 0, 0, -1], 0],
      [[2, 3, 4], [2, 1], [2, 0], 1],
      [[2, 3, 4], [2, 3, 2], [0, 3, 1, 1, 0, 3, 2, 0, -1, 2, 0, 0], 1],
      [[2, 3, 2, 2], [2, 3, 1], [1, 0, 0, 1, 1, -2], 2],
    ] as const
  ).map(([shape, places, indices, batchAxes]) =>
    single(random, `[${places}] of [${shape}], ${batchAxes} axes in common`, [shape], (build, [x]) =>
      build.gatherND(x!, build.constant(int64(indices, places)), { batchAxes }),
    ),
  );

export const slicesScattered: Family = (random) =>
  (
    [
      [[3, 4], [3, 2], [0, 1, 2, -1, 1, 1], [3], "none"],
      [[3, 4], [2, 1], [2, 0], [2, 4], "none"],
      [[3, 4], [3, 2], [0, 1, 2, -1, 0, 1], [3], "add"],
      [[4, 2, 3], [3, 1], [1, -1, 1], [3, 2, 3], "add"],
    ] as const
  ).map(([shape, places, indices, changed, reduction]) =>
    single(random, `[${changed}] into [${shape}], ${reduction}`, [shape, changed], (build, [x, u]) =>
      build.scatterND(x!, build.constant(int64(indices, places)), u!, { reduction }),
    ),
  );

/** At least six elements are standardized together: with fewer, the third derivative makes the differences inexact. */
export const layerNormalizations: Family = (random) =>
  (
    [
      [[3, 7], -1, [7], true, 1],
      [[2, 3, 5], 1, [3, 5], true, 1],
      [[2, 3, 5], -2, [5], false, 1],
      [[2, 6], 1, [], true, 1],
      [[2, 2, 3, 2], 1, [2, 1, 2], true, 1],
      [[3, 2, 2], 0, [2, 2], true, 1],
      [[2, 1, 8], -1, [8], true, 3],
      [[1, 9], -1, [9], false, 2],
    ] as const
  ).map(([shape, axis, scale, hasBias, outputCount]) => ({
    label: `[${shape}] from ${axis}, scale [${scale}], bias ${hasBias}, outputs ${outputCount}`,
    inputs: [random.tensor(shape, -2, 2), random.tensor(scale, 0.5, 1.5), ...(hasBias ? [random.tensor(scale)] : [])],
    output: (build: Build, inputs: readonly Value[]) =>
      build.nodeOutputs("LayerNormalization", inputs, {
        attributes: { axis: attribute.int(axis), epsilon: attribute.float(1e-3) },
        outputCount,
      }),
  }));

const normalizationCase = (random: Random, op: string, shape: readonly number[], attributes: Attributes): Case => ({
  label: `${op} of [${shape}], ${JSON.stringify(attributes)}`,
  inputs: [random.tensor(shape, -2, 2), random.tensor([shape[1]!], 0.5, 1.5), random.tensor([shape[1]!])],
  output: (build, inputs) => build.node(op, inputs, { attributes: { ...attributes, epsilon: attribute.float(1e-3) } }),
});

export const groupNormalizations: Family = (random) =>
  (
    [
      [[2, 4, 3], 2],
      [[1, 6, 2, 2], 3],
      [[2, 3, 4], 1],
      [[2, 2, 3, 3], 2],
      [[1, 2, 1, 2, 3], 1],
    ] as const
  ).map(([shape, groups]) =>
    normalizationCase(random, "GroupNormalization", shape, { num_groups: attribute.int(groups) }),
  );

export const instanceNormalizations: Family = (random) =>
  (
    [
      [2, 3, 4, 2],
      [1, 2, 7],
      [2, 1, 3, 3],
    ] as const
  ).map((shape) => normalizationCase(random, "InstanceNormalization", shape, {}));
