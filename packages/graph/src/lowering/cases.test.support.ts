import type { Random } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32 } from "../ir/tensors.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { type Layout, outputExtents } from "../ops/spatial.ts";
import type { FormCase, FormFamily } from "./family.test.support.ts";
import * as products from "./product-cases.test.support.ts";
import type { loweringForms } from "./table.ts";
import * as volumes from "./volume-cases.test.support.ts";

const join =
  (...families: readonly FormFamily[]): FormFamily =>
  (random) =>
    families.flatMap((family) => family(random));

type Pair = readonly [number, number];

interface Convolution {
  readonly batch: number;
  /** Channels in, filters. */
  readonly channels: Pair;
  readonly size: Pair;
  readonly kernel: Pair;
  readonly strides?: Pair;
  readonly dilations?: Pair;
  readonly pads?: readonly [number, number, number, number];
  readonly group?: number;
}

const around = (amount: number): readonly [number, number, number, number] => [amount, amount, amount, amount];

/** Sizes at the borders of the forms: whole blocks of channels, odd maps, windows that do not fill the map, tiny and larger depthwise maps. */
const convolutions: readonly Convolution[] = [
  { batch: 3, channels: [16, 32], size: [5, 4], kernel: [3, 3], pads: around(1) },
  { batch: 16, channels: [32, 16], size: [3, 3], kernel: [3, 3], pads: around(1) },
  { batch: 5, channels: [16, 16], size: [6, 7], kernel: [3, 3] },
  { batch: 2, channels: [16, 16], size: [6, 5], kernel: [5, 3], pads: [0, 1, 2, 1] },
  { batch: 2, channels: [16, 16], size: [6, 5], kernel: [3, 3], pads: around(3) },
  { batch: 7, channels: [16, 16], size: [4, 5], kernel: [1, 1] },
  { batch: 2, channels: [3, 5], size: [4, 5], kernel: [1, 1], pads: around(1) },
  { batch: 2, channels: [5, 3], size: [11, 11], kernel: [3, 3], strides: [2, 2], pads: around(1) },
  { batch: 3, channels: [5, 6], size: [12, 10], kernel: [3, 3], strides: [2, 2], pads: around(1) },
  { batch: 2, channels: [16, 16], size: [11, 7], kernel: [3, 3], strides: [2, 2], pads: around(1) },
  { batch: 2, channels: [5, 4], size: [9, 8], kernel: [3, 3], strides: [2, 2] },
  { batch: 1, channels: [4, 4], size: [11, 12], kernel: [5, 5], strides: [2, 2], pads: around(2) },
  { batch: 2, channels: [6, 4], size: [10, 11], kernel: [3, 3], strides: [3, 3], pads: [0, 1, 1, 0] },
  { batch: 2, channels: [4, 6], size: [7, 5], kernel: [1, 1], strides: [2, 2] },
  { batch: 3, channels: [4, 3], size: [8, 9], kernel: [1, 1], strides: [3, 2] },
  { batch: 2, channels: [1, 4], size: [7, 6], kernel: [3, 3], pads: around(1) },
  { batch: 3, channels: [3, 8], size: [11, 9], kernel: [3, 3], strides: [2, 2], pads: around(1) },
  { batch: 3, channels: [3, 3], size: [4, 4], kernel: [3, 3], pads: around(1), group: 3 },
  { batch: 2, channels: [5, 5], size: [7, 7], kernel: [3, 3], strides: [2, 2], pads: around(1), group: 5 },
  { batch: 2, channels: [5, 5], size: [5, 7], kernel: [3, 3], pads: around(1), group: 5 },
  { batch: 3, channels: [16, 16], size: [6, 5], kernel: [3, 3], pads: around(1), group: 16 },
  { batch: 2, channels: [16, 16], size: [5, 6], kernel: [5, 5], pads: around(2), group: 16 },
  { batch: 3, channels: [16, 16], size: [12, 10], kernel: [3, 3], strides: [2, 2], pads: around(1), group: 16 },
  { batch: 2, channels: [32, 32], size: [11, 9], kernel: [5, 5], strides: [2, 2], pads: around(2), group: 32 },
  { batch: 2, channels: [16, 16], size: [9, 13], kernel: [3, 4], strides: [2, 3], pads: [1, 2, 0, 1], group: 16 },
  { batch: 2, channels: [16, 16], size: [10, 9], kernel: [3, 3], strides: [2, 2], group: 16 },
  { batch: 2, channels: [4, 4], size: [11, 9], kernel: [3, 3], strides: [2, 2], pads: around(1), group: 4 },
  { batch: 1, channels: [3, 3], size: [10, 12], kernel: [5, 5], strides: [2, 3], pads: around(2), group: 3 },
  { batch: 2, channels: [3, 3], size: [20, 1], kernel: [3, 3], pads: around(1), group: 3 },
  { batch: 2, channels: [4, 4], size: [7, 6], kernel: [3, 3], pads: around(2), dilations: [2, 2], group: 4 },
  { batch: 2, channels: [4, 8], size: [5, 6], kernel: [3, 3], pads: around(1), group: 4 },
  { batch: 3, channels: [6, 4], size: [6, 5], kernel: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1], group: 2 },
  { batch: 2, channels: [5, 4], size: [9, 8], kernel: [3, 3], pads: around(2), dilations: [2, 2] },
  { batch: 2, channels: [4, 5], size: [9, 10], kernel: [3, 3], strides: [2, 2], pads: around(1), dilations: [2, 1] },
  { batch: 2, channels: [4, 3], size: [3, 3], kernel: [3, 3] },
];

/** More sizes, drawn; every window has at least one place. */
function drawnConvolutions(random: Random): readonly Convolution[] {
  return Array.from({ length: 12 }, (): Convolution => {
    const size: Pair = [random.integer(4, 9), random.integer(4, 9)];
    const group = random.pick([1, 1, 2, 3]);
    return {
      batch: random.integer(1, 4),
      channels: [group * random.integer(1, 3), group * random.integer(1, 3)],
      size,
      kernel: [random.integer(1, 3), random.integer(1, 3)],
      strides: [random.integer(1, 3), random.integer(1, 3)],
      dilations: random.pick([
        [1, 1],
        [1, 1],
        [2, 1],
      ] as const),
      pads: [random.integer(0, 2), random.integer(0, 2), random.integer(0, 2), random.integer(0, 2)],
      group,
    };
  });
}

const inLayout = (layout: Layout, batch: number, channels: number, size: readonly number[]): number[] =>
  layout === "NCHW" ? [batch, channels, ...size] : [channels, ...size, batch];

function describeConvolution(
  { batch, channels, size, kernel, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0], group = 1 }: Convolution,
  layout: Layout,
) {
  const output = outputExtents(size, { kernel, strides, dilations, pads, ceil: false }) as number[];
  return {
    label: `${layout}, batch ${batch}, ${channels.join("-")} of ${size.join("x")}, kernel ${kernel}, strides ${strides}, dilations ${dilations}, pads ${pads}, group ${group}`,
    attributes: {
      layout: attribute.string(layout),
      strides: attribute.ints(strides),
      dilations: attribute.ints(dilations),
      pads: attribute.ints(pads),
      group: attribute.int(group),
    },
    map: inLayout(layout, batch, channels[0], size),
    kernels: [channels[1], channels[0] / group, ...kernel],
    gradient: inLayout(layout, batch, channels[1], output),
    size,
    kernel,
    filters: channels[1],
  };
}

type Described = ReturnType<typeof describeConvolution>;

const overConvolutions =
  (toCases: (described: Described, random: Random) => readonly FormCase[]): FormFamily =>
  (random) =>
    [...convolutions, ...drawnConvolutions(random)].flatMap((convolution) =>
      (["CHWN", "NCHW"] as const).flatMap((layout) => toCases(describeConvolution(convolution, layout), random)),
    );

/** With a factor per filter as third operand too, which is compared with a gradient that was multiplied by it. */
const withFactor = (
  inputs: readonly Tensor[],
  factor: Tensor,
  gradient: 0 | 1,
  common: { label: string; attributes: Attributes },
): readonly FormCase[] => [
  { ...common, inputs },
  {
    ...common,
    label: `${common.label}, with a factor`,
    inputs: [...inputs, factor],
    referenceOperands: (build, [first, second, third]) => {
      const scaled = build.scaleChannels([first, second][gradient]!, third!, common.attributes);
      return gradient === 0 ? [scaled, second!] : [first!, scaled];
    },
  },
];

interface Pooling {
  readonly map: readonly [batch: number, channels: number, height: number, width: number];
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pads?: readonly [number, number, number, number];
  readonly dilations?: Pair;
  readonly ceil?: boolean;
  readonly countsPads?: boolean;
}

const poolings: readonly Pooling[] = [
  { map: [3, 2, 4, 6], kernel: [2, 2], strides: [2, 2] },
  { map: [2, 3, 11, 7], kernel: [2, 2], strides: [2, 2], ceil: true },
  { map: [2, 1, 5, 8], kernel: [2, 3], strides: [2, 3] },
  { map: [1, 2, 11, 12], kernel: [3, 3], strides: [2, 2], pads: around(1) },
  { map: [2, 2, 6, 8], kernel: [3, 3], strides: [2, 2], pads: around(1), ceil: true },
  { map: [5, 1, 4, 4], kernel: [3, 2], strides: [1, 1], pads: [1, 0, 1, 1] },
  { map: [1, 1, 7, 7], kernel: [1, 1], strides: [3, 2] },
  { map: [2, 2, 8, 7], kernel: [2, 2], strides: [3, 3] },
  { map: [2, 1, 9, 8], kernel: [2, 2], strides: [2, 2], dilations: [2, 3] },
  { map: [1, 2, 8, 9], kernel: [3, 3], strides: [2, 2], pads: around(1), ceil: true, countsPads: true },
  { map: [1, 2, 5, 8], kernel: [2, 2], strides: [3, 3], pads: around(1), ceil: true },
  { map: [16, 16, 3, 3], kernel: [3, 3], strides: [1, 1], pads: around(1) },
];

function describePooling(
  op: "MaxPool" | "AveragePool",
  {
    map: [batch, channels, ...size],
    kernel,
    strides,
    pads = [0, 0, 0, 0],
    dilations = [1, 1],
    ceil = false,
    countsPads = false,
  }: Pooling,
  layout: Layout,
) {
  const output = outputExtents(size, { kernel, strides, dilations, pads, ceil }) as number[];
  const isDilated = dilations.some((step) => step > 1);
  return {
    label: `${layout}, ${channels} of ${size.join("x")}, kernel ${kernel}, strides ${strides}, pads ${pads}, dilations ${dilations}, ceil ${ceil}, counts pads ${countsPads}`,
    attributes: {
      layout: attribute.string(layout),
      kernel_shape: attribute.ints(kernel),
      strides: attribute.ints(strides),
      pads: attribute.ints(pads),
      ceil_mode: attribute.int(Number(ceil)),
      ...(isDilated ? { dilations: attribute.ints(dilations) } : {}),
      ...(countsPads && op === "AveragePool" ? { count_include_pad: attribute.int(1) } : {}),
    },
    map: inLayout(layout, batch, channels, size),
    gradient: inLayout(layout, batch, channels, output),
    size,
  };
}

const overPoolings =
  (
    op: "MaxPool" | "AveragePool",
    toCase: (described: ReturnType<typeof describePooling>, random: Random) => FormCase,
  ): FormFamily =>
  (random) =>
    poolings.flatMap((pooling) =>
      (["CHWN", "NCHW"] as const).map((layout) => toCase(describePooling(op, pooling, layout), random)),
    );

/** Maps with few and many elements a channel: one stage of summing, and two. */
const normalized = [
  [3, 2, 5, 3],
  [16, 3, 4, 4],
  [64, 2, 3, 1],
  [2, 1, 1, 4],
  [2, 4, 8, 16],
  [32, 16, 16, 8],
] as const;

const overNormalized =
  (
    toCase: (
      random: Random,
      shape: readonly number[],
      channels: number,
      common: { label: string; attributes: Attributes },
    ) => FormCase,
  ): FormFamily =>
  (random) =>
    normalized.flatMap(([batch, channels, ...size]) =>
      (["CHWN", "NCHW"] as const).map((layout) =>
        toCase(random, inLayout(layout, batch, channels, size), channels, {
          label: `${layout}, batch ${batch}, ${channels} of ${size.join("x")}`,
          attributes: { layout: attribute.string(layout), epsilon: attribute.float(1e-4) },
        }),
      ),
    );

/** dy, x, scale and the batch's own mean and variance. */
const gradientOperands =
  (attributes: Attributes) =>
  (build: Build, [dy, x, scale, bias]: readonly Value[]): readonly Value[] => {
    const [, mean, variance] = build.trainingNormalization(x!, scale!, bias!, attributes);
    return [dy!, x!, scale!, mean, variance];
  };

const normalizationGradients = (outputCount: number): FormFamily =>
  overNormalized((random, shape, channels, common) => ({
    ...common,
    outputCount,
    inputs: [
      random.tensor(shape),
      random.tensor(shape, -1, 2),
      random.tensor([channels], 0.5, 1.5),
      random.tensor([channels]),
    ],
    operands: gradientOperands(common.attributes),
  }));

const plainShapes = [[4], [2, 3], [2, 3, 4, 5]] as const;

/** Cases of every operator of the table; one without does not compile. */
export const formCases = {
  AveragePool: overPoolings("AveragePool", ({ map, ...common }, random) => ({
    ...common,
    inputs: [random.tensor(map)],
  })),
  AveragePoolGrad: join(
    overPoolings("AveragePool", ({ gradient, size, attributes, label }, random) => ({
      label,
      attributes: { ...attributes, input_size: attribute.ints(size) },
      inputs: [random.tensor(gradient)],
    })),
    volumes.volumeMeanGradients,
  ),
  BatchNormalization: overNormalized((random, shape, channels, common) => ({
    ...common,
    outputCount: 3,
    inputs: [random.tensor(shape, -1, 3), random.tensor([channels], 0.5, 1.5), random.tensor([channels])],
  })),
  BatchNormalizationGrad: normalizationGradients(3),
  BatchNormalizationGradUnscaled: normalizationGradients(4),
  ClipGrad: (random) =>
    plainShapes.flatMap((shape) =>
      [[0, 6], [-1, 2], [0], [undefined, 6]].map(([low, high]) => ({
        label: `[${shape}] from ${low} to ${high}`,
        attributes: {},
        inputs: [random.tensor(shape), clippedOperands(random, shape)],
        operands: (build, [dy, x]) => {
          const bounds = [low, high].map((bound) => (bound === undefined ? undefined : build.scalar(bound)));
          return [dy!, build.node("Clip", [x!, ...bounds]), ...bounds];
        },
      })),
    ),
  Conv: overConvolutions(({ map, kernels, label, attributes }, random) => [
    { label, attributes, inputs: [random.tensor(map), random.tensor(kernels)] },
  ]),
  ConvGradInput: join(
    overConvolutions(({ gradient, kernels, size, filters, label, attributes }, random) =>
      withFactor([random.tensor(gradient), random.tensor(kernels)], random.tensor([filters], 0.5, 2), 0, {
        label,
        attributes: { ...attributes, input_size: attribute.ints(size) },
      }),
    ),
    volumes.volumeInputGradients,
  ),
  ConvGradWeight: join(
    overConvolutions(({ map, gradient, kernel, filters, label, attributes }, random) =>
      withFactor([random.tensor(map), random.tensor(gradient)], random.tensor([filters], 0.5, 2), 1, {
        label,
        attributes: { ...attributes, kernel_shape: attribute.ints(kernel) },
      }),
    ),
    volumes.volumeWeightGradients,
  ),
  MaxPool: overPoolings("MaxPool", ({ map, ...common }, random) => ({ ...common, inputs: [random.tensor(map)] })),
  MaxPoolGrad: join(
    overPoolings("MaxPool", ({ map, gradient, label, attributes }, random) => ({
      label,
      attributes,
      inputs: [random.tensor(gradient), random.apart(map)],
      operands: (build, [dy, x]) => [dy!, x!, build.poolInLayout("MaxPool", x!, attributes)],
    })),
    volumes.volumeMaximumGradients,
  ),
  NormalizedProduct: products.normalizedProducts,
  NormalizedProductGrad: products.normalizedProductGradients,
  RandomUniform: (random) =>
    [[3, 2, 2], [1], [5000], []].map((shape, index) => ({
      label: `[${shape}]`,
      attributes: { shape: attribute.ints(shape), stream: attribute.int(index * 1000) },
      inputs: [float32([1], [random.integer(0, 2 ** 24 - 1)]), float32([], [random.integer(0, 2 ** 24 - 1)])],
    })),
  ReluGrad: (random) =>
    plainShapes.map((shape) => ({
      label: `[${shape}]`,
      attributes: {},
      inputs: [random.tensor(shape), reluOutputs(random, shape)],
    })),
  ScaleChannels: overNormalized((random, shape, channels, common) => ({
    ...common,
    inputs: [random.tensor(shape), random.tensor([channels])],
  })),
  StopGradient: (random) =>
    plainShapes.map((shape) => ({ label: `[${shape}]`, attributes: {}, inputs: [random.tensor(shape)] })),
} satisfies Record<keyof typeof loweringForms, FormFamily>;

/** What a ReLU may give: zeros of both signs, tiny, usual and huge numbers. */
function reluOutputs(random: Random, shape: readonly number[]): Tensor {
  const values = [0, -0, 1e-30, 50, 1e30, Number.POSITIVE_INFINITY];
  const tensor = random.tensor(shape);
  return {
    ...tensor,
    data: (tensor.data as Float32Array).map((element, index) =>
      index % 2 === 0 ? values[index % values.length]! : Math.max(0, element),
    ),
  };
}

/** What a clip may be given: the bounds 0 and 6, their neighbours, and numbers far outside. */
function clippedOperands(random: Random, shape: readonly number[]): Tensor {
  const values = [0, -0, 1e-30, -1e-30, 6, 6 + 2 ** -21, 6 - 2 ** -21, 1e30, -1e30];
  const tensor = random.tensor(shape, -3, 9);
  return {
    ...tensor,
    data: (tensor.data as Float32Array).map((element, index) =>
      index % 2 === 0 ? values[(index / 2) % values.length]! : element,
    ),
  };
}
