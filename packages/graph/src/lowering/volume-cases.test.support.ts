import { attribute } from "../ir/attributes.ts";
import type { Attributes } from "../ir/types.ts";
import { outputExtents } from "../ops/spatial.ts";
import type { FormFamily } from "./family.test.support.ts";

interface Slide {
  readonly batch: number;
  /** Channels in, filters; pooling takes the first. */
  readonly channels: readonly [number, number];
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
}

/** Windows over depth, height and width that leave a rest, overlap, skip, reach beyond the map, and join groups of channels. */
export const volumes: readonly Slide[] = [
  {
    batch: 2,
    channels: [3, 2],
    size: [4, 5, 3],
    kernel: [3, 3, 3],
    strides: [1, 1, 1],
    dilations: [1, 1, 1],
    pads: [1, 1, 1, 1, 1, 1],
    group: 1,
  },
  {
    batch: 1,
    channels: [4, 6],
    size: [5, 4, 6],
    kernel: [2, 1, 3],
    strides: [2, 3, 1],
    dilations: [2, 1, 1],
    pads: [0, 0, 2, 1, 0, 1],
    group: 2,
  },
  {
    batch: 3,
    channels: [3, 3],
    size: [3, 6, 5],
    kernel: [1, 3, 2],
    strides: [1, 2, 2],
    dilations: [1, 1, 2],
    pads: [0, 1, 0, 0, 1, 1],
    group: 3,
  },
];

const attributesOf = ({ strides, dilations, pads }: Slide): Attributes => ({
  strides: attribute.ints(strides),
  dilations: attribute.ints(dilations),
  pads: attribute.ints(pads),
});

const sizesOf = ({ batch, channels: [channels, filters], size, kernel, strides, dilations, pads, group }: Slide) => {
  const output = outputExtents(size, { kernel, strides, dilations, pads, ceil: false }) as number[];
  return {
    map: [batch, channels, ...size],
    kernels: [filters, channels / group, ...kernel],
    convolved: [batch, filters, ...output],
    pooled: [batch, channels, ...output],
  };
};

const labelOf = ({ size, kernel, strides, group }: Slide): string =>
  `a volume of ${size}, kernel ${kernel}, strides ${strides}, group ${group}`;

export const volumeInputGradients: FormFamily = (random) =>
  volumes.map((slide) => {
    const { convolved, kernels } = sizesOf(slide);
    return {
      label: labelOf(slide),
      attributes: {
        ...attributesOf(slide),
        group: attribute.int(slide.group),
        input_size: attribute.ints(slide.size),
      },
      inputs: [random.tensor(convolved), random.tensor(kernels)],
    };
  });

export const volumeWeightGradients: FormFamily = (random) =>
  volumes.map((slide) => {
    const { map, convolved } = sizesOf(slide);
    return {
      label: labelOf(slide),
      attributes: {
        ...attributesOf(slide),
        group: attribute.int(slide.group),
        kernel_shape: attribute.ints(slide.kernel),
      },
      inputs: [random.tensor(map), random.tensor(convolved)],
    };
  });

const windowOf = (slide: Slide): Attributes => ({
  ...attributesOf(slide),
  kernel_shape: attribute.ints(slide.kernel),
});

export const volumeMeanGradients: FormFamily = (random) =>
  volumes.map((slide) => ({
    label: labelOf(slide),
    attributes: { ...windowOf(slide), input_size: attribute.ints(slide.size) },
    inputs: [random.tensor(sizesOf(slide).pooled)],
  }));

export const volumeMaximumGradients: FormFamily = (random) =>
  volumes.map((slide) => ({
    label: labelOf(slide),
    attributes: windowOf(slide),
    inputs: [random.tensor(sizesOf(slide).pooled), random.apart(sizesOf(slide).map)],
    operands: (build, [dy, x]) => [dy!, x!, build.poolInLayout("MaxPool", x!, windowOf(slide))],
  }));
