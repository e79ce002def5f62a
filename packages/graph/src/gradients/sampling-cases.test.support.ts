import type { Random } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32, int64 } from "../ir/tensors.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import type { GridSampleOptions } from "../ops/sample.ts";
import { single } from "./elementwise-cases.test.support.ts";
import type { Case, Family } from "./family.test.support.ts";

const strings = (values: Readonly<Record<string, string>>): Attributes =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, attribute.string(value)]));

type Target = { readonly scales: readonly number[] } | { readonly sizes: readonly number[] };

const resized =
  (attributes: Attributes, target: Target) =>
  (build: Build, [x]: readonly Value[]): Value =>
    "sizes" in target
      ? build.node("Resize", [x, undefined, undefined, build.integers(target.sizes)], { attributes })
      : build.node("Resize", [x, undefined, build.constant(float32([target.scales.length], target.scales))], {
          attributes,
        });

const coordinates = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
] as const;

/** Larger and smaller, by whole and by broken factors, to one pixel, and to scales that are not the quotient of the extents. */
function drawResizing(random: Random, size: readonly number[]): Target {
  const extents = size.map((extent) => random.pick([1, extent, extent * 2, random.integer(1, 2 * extent)]));
  return random.uniform() < 0.5
    ? { sizes: [1, 2, ...extents] }
    : { scales: [1, 1, ...size.map(() => random.pick([0.6, 1, 1.3, 2, 2.5]))] };
}

/** Interpolation of maps, and where the runtime has it of lines and volumes. */
export const interpolatedResizes: Family = (random) =>
  [
    ...coordinates.flatMap((mode) =>
      ["linear", "cubic", "cubic"].map((kind, index) => {
        const size = [random.integer(2, 5), random.integer(3, 5)];
        const target = drawResizing(random, size);
        const attributes: Attributes = {
          ...strings({ mode: kind, coordinate_transformation_mode: mode }),
          ...(index === 2 ? { exclude_outside: attribute.int(1), cubic_coeff_a: attribute.float(-0.5) } : {}),
        };
        return { label: `${kind} ${index}, ${mode}, ${size} to ${JSON.stringify(target)}`, size, target, attributes };
      }),
    ),
    ...coordinates.map((mode) => {
      const size = [random.integer(2, 3), random.integer(2, 4), 3];
      const target = drawResizing(random, size);
      const attributes = strings({ mode: "linear", coordinate_transformation_mode: mode });
      return { label: `a volume, ${mode}, ${size} to ${JSON.stringify(target)}`, size, target, attributes };
    }),
  ]
    .map(({ label, size, target, attributes }) => single(random, label, [[1, 2, ...size]], resized(attributes, target)))
    .concat([
      ...["linear", "cubic", "nearest"].map((mode) =>
        single(
          random,
          `${mode}, scales that leave the extents`,
          [[1, 2, 3, 4]],
          resized(strings({ mode }), { scales: [1, 1, 1.3, 1.2] }),
        ),
      ),
      single(
        random,
        "nearest, a scale that leaves one extent",
        [[1, 2, 3, 4]],
        resized(strings({ mode: "nearest" }), { scales: [1, 1, 1.3, 1.6] }),
      ),
      single(random, "two axes by name", [[1, 2, 3, 4]], (build, [x]) =>
        build.node("Resize", [x, undefined, undefined, build.integers([5, 3])], {
          attributes: { ...strings({ mode: "linear" }), axes: attribute.ints([-2, 3]) },
        }),
      ),
    ]);

/** Nearest neighbours by factors that are no whole numbers. */
export const nearestResizes: Family = (random) =>
  coordinates.flatMap((mode) =>
    ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].map((rounding) => {
      const size = [random.integer(2, 5), random.integer(3, 5)];
      const target = drawResizing(random, size);
      const attributes = strings({ mode: "nearest", coordinate_transformation_mode: mode, nearest_mode: rounding });
      const label = `nearest, ${mode}, ${rounding}, ${size} to ${JSON.stringify(target)}`;
      return single(random, label, [[1, 2, ...size]], resized(attributes, target));
    }),
  );

/** Places from -1 to 1 whose pixels, inside and outside the map, are at least `gap` from where the interpolation bends. */
function places(
  random: Random,
  batch: number,
  to: readonly number[],
  size: readonly number[],
  { mode, alignCorners }: GridSampleOptions,
): Tensor {
  const points = batch * sizeOf(to);
  const gap = 0.1;
  const data = Array.from({ length: points * size.length }, (_, index) => {
    const extent = size[size.length - 1 - (index % size.length)]!;
    const between = mode === "nearest" ? random.uniform(gap - 0.5, 0.5 - gap) : random.uniform(gap, 1 - gap);
    const isFar = random.uniform() < 0.3;
    const pixel = between + (isFar ? random.integer(-extent - 2, 2 * extent + 1) : random.integer(-1, extent - 1));
    return alignCorners ? (2 * pixel) / Math.max(1, extent - 1) - 1 : (2 * pixel + 1) / extent - 1;
  });
  return float32([batch, ...to, size.length], data);
}

const sampling = (
  random: Random,
  [batch, channels, ...size]: readonly [number, number, ...number[]],
  to: readonly number[],
  options: GridSampleOptions,
): Case => ({
  label: `${JSON.stringify(options)}, [${batch}, ${channels}, ${size}] to ${to}`,
  inputs: [random.tensor([batch, channels, ...size]), places(random, batch, to, size, options)],
  output: (build, [x, grid]) => build.gridSample(x!, grid!, options),
});

export const gridSamples: Family = (random) =>
  (["linear", "nearest", "cubic"] as const).flatMap((mode) =>
    (["zeros", "border", "reflection"] as const).flatMap((padding) =>
      [false, true].flatMap((alignCorners) => {
        const options = { mode, padding, alignCorners };
        const map = sampling(random, [2, 2, random.integer(2, 4), random.integer(3, 5)], [2, 3], options);
        if (mode === "cubic") return [map, sampling(random, [1, 1, 5, 6], [3, 4], options)];
        const volume = sampling(random, [1, 2, 2, random.integer(2, 3), 3], [2, 1, 3], options);
        return [map, volume, sampling(random, [0, 1, 3, 2], [1, 2], options)];
      }),
    ),
  );

interface Regions {
  readonly label: string;
  /** x1, y1, x2, y2 of each. */
  readonly boxes: readonly number[];
  readonly maps: readonly number[];
  readonly attributes: Attributes;
}

const boxes = [
  0.4, 0.7, 3.9, 2.6, -2.3, 1.1, 2.2, 6.4, 1.3, 1.2, 1.7, 1.6, 3.3, 2.8, 2.1, 1.4, -9, -9, -7, -6,
] as const;

const sized = (height: number, width: number, samples: number, scale = 1, mode?: string): Attributes => ({
  output_height: attribute.int(height),
  output_width: attribute.int(width),
  sampling_ratio: attribute.int(samples),
  spatial_scale: attribute.float(scale),
  ...(mode ? { coordinate_transformation_mode: attribute.string(mode) } : {}),
});

/** Regions inside, across the border, smaller than a pixel, turned round and far outside; none at all. */
const regions: readonly Regions[] = [
  { label: "two samples", boxes, maps: [0, 1, 1, 0, 1], attributes: sized(2, 3, 2) },
  { label: "one sample, half scale", boxes, maps: [1, 1, 0, 0, 1], attributes: sized(3, 1, 1, 0.5) },
  { label: "as many samples as pixels", boxes, maps: [0, 1, 1, 0, 1], attributes: sized(2, 2, 0) },
  { label: "whole pixels", boxes, maps: [0, 0, 1, 1, 1], attributes: sized(2, 2, 3, 1, "output_half_pixel") },
  {
    label: "whole pixels, adaptive",
    boxes,
    maps: [0, 0, 1, 1, 1],
    attributes: sized(1, 2, 0, 1.5, "output_half_pixel"),
  },
  { label: "no regions", boxes: [], maps: [], attributes: sized(2, 2, 2) },
];

export const regionsOfInterest: Family = (random) => [
  ...regions.map(({ label, boxes: drawn, maps, attributes }) =>
    single(random, label, [[2, 2, 4, 5]], (build, [x]) =>
      build.node("RoiAlign", [x, build.constant(float32([maps.length, 4], drawn)), build.constant(int64(maps))], {
        attributes,
      }),
    ),
  ),
  single(random, "by the builder, computed regions", [[1, 2, 3, 4]], (build, [x]) => {
    const computed = build.mul(build.constant(float32([2, 4], [0, 0, 1, 1, 0.5, 0.2, 1.9, 1.3])), 1.5);
    return build.roiAlign(x!, computed, build.integers([0, 0]), { size: [2, 2], samples: 2 });
  }),
];

export const depthsToSpace: Family = (random) =>
  (["DCR", "CRD"] as const).flatMap((mode) =>
    (
      [
        [[2, 8, 1, 3], 2],
        [[1, 9, 3, 1], 3],
        [[1, 2, 2, 3], 1],
        [[0, 4, 2, 1], 2],
      ] as const
    ).map(([shape, block]) =>
      single(random, `${mode}, [${shape}] by ${block}`, [shape], (build, [x]) =>
        build.depthToSpace(x!, { block, mode }),
      ),
    ),
  );

export const spacesToDepth: Family = (random) =>
  (
    [
      [[2, 3, 2, 6], 2],
      [[1, 1, 6, 3], 3],
      [[1, 2, 3, 2], 1],
    ] as const
  ).map(([shape, block]) =>
    single(random, `[${shape}] by ${block}`, [shape], (build, [x]) => build.spaceToDepth(x!, { block })),
  );

export const globalMaxima: Family = (random) =>
  [
    [2, 3, 2, 3],
    [1, 2, 5],
    [2, 1, 1, 1],
    [1, 2, 3, 2, 2],
  ].map((shape) => ({
    label: `[${shape}]`,
    inputs: [random.apart(shape)],
    output: (build, [x]) => build.globalMaxPool(x!),
  }));
