import { type AttributeReader, attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32 } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { withLayout } from "../ops/conv.ts";
import { layoutOf, outputExtent, type Window, windowOf } from "../ops/spatial.ts";
import type { Form, LoweringContext } from "./form.ts";
import { type Geometry, insertZeros } from "./geometry.ts";
import { forMaps } from "./volume.ts";
import { volumeAveragePoolGrad, volumeMaxPoolGrad } from "./volume-pool.ts";

/** Whether an AveragePool divides by its padding's elements too. */
const countsPads = (attributes: AttributeReader): boolean => attributes.int("count_include_pad", 0) === 1;

/**
 * Before opset 22 ONNX's shape rule counts a last window that would start in the padding behind the map; onnxruntime computes none,
 * and stops at the difference. The same windows without ceil: padding as far as they reach.
 */
function withoutIdleWindow(window: Window, size: readonly number[], countsPads: boolean): Window {
  const { kernel, strides, dilations, pads, ceil } = window;
  const ends = size.map((extent, axis) => {
    const last = strides[axis]! * ((outputExtent(extent, window, axis) as number) - 1);
    const behind =
      extent + pads[axis]! + pads[axis + kernel.length]! - dilations[axis]! * (kernel[axis]! - 1) - 1 - last;
    const needed = Math.max(0, last + dilations[axis]! * (kernel[axis]! - 1) + 1 - extent - pads[axis]!);
    return { hasIdle: behind > 0, needed };
  });
  if (!ceil || countsPads || !ends.some(({ hasIdle }) => hasIdle)) return window;
  return { ...window, ceil: false, pads: [...pads.slice(0, kernel.length), ...ends.map(({ needed }) => needed)] };
}

const windowAttributes = (attributes: AttributeReader, size: readonly number[]): Window =>
  withoutIdleWindow(windowOf(attributes, attributes.ints("kernel_shape", []), size), size, countsPads(attributes));

/** Pooling of [1, C, H, W, N] with a window one deep along the batch. */
const batchAsDepth: Form = {
  name: "3-D pooling",
  applies: ({ attributes }) => layoutOf(attributes) === "CHWN",
  lower: ({ build, node, attributes, inputs: [x] }) => {
    const [channels, height, width, batch] = x!.shape as [number, number, number, number];
    const { kernel, strides, dilations, pads, ceil } = windowAttributes(attributes, [height, width]);
    const pooled = build.node(node.op, [build.reshape(x!, [1, channels, height, width, batch])], {
      attributes: {
        kernel_shape: attribute.ints([...kernel, 1]),
        strides: attribute.ints([...strides, 1]),
        pads: attribute.ints([pads[0]!, pads[1]!, 0, pads[2]!, pads[3]!, 0]),
        ceil_mode: attribute.int(Number(ceil)),
        ...(dilations.every((step) => step === 1) ? {} : { dilations: attribute.ints([...dilations, 1]) }),
        ...(countsPads(attributes) ? { count_include_pad: attribute.int(1) } : {}),
      },
    });
    return [build.reshape(pooled, [channels, pooled.shape[2] as number, pooled.shape[3] as number, batch])];
  },
};

const published: Form = {
  name: "pooling",
  applies: ({ attributes }) => layoutOf(attributes) === "NCHW",
  lower: ({ build, node, attributes, inputs: [x] }) => {
    const { layout: _, auto_pad: _automatic, ...rest } = node.attributes;
    const { pads, ceil } = windowAttributes(attributes, x!.shape.slice(2) as number[]);
    return [
      build.node(node.op, [x!], {
        attributes: { ...rest, pads: attribute.ints(pads), ceil_mode: attribute.int(Number(ceil)) },
      }),
    ];
  },
};

export const poolForms: readonly Form[] = [batchAsDepth, published];

interface Pooling extends Pick<Geometry, "kernel" | "strides" | "dilations" | "pads"> {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly countsPads: boolean;
}

const poolingOf = ({ attributes }: LoweringContext, [channels, height, width, batch]: readonly number[]): Pooling => {
  const window = windowOf(attributes, attributes.ints("kernel_shape", []), [height!, width!]);
  return {
    ...(window as unknown as Pick<Geometry, "kernel" | "strides" | "dilations" | "pads">),
    channels: channels!,
    height: height!,
    width: width!,
    batch: batch!,
    outputHeight: outputExtent(height!, window, 0) as number,
    outputWidth: outputExtent(width!, window, 1) as number,
    countsPads: countsPads(attributes),
  };
};

const tiles = ({ kernel, strides, dilations, pads }: Pooling): boolean =>
  kernel[0] === strides[0] &&
  kernel[1] === strides[1] &&
  dilations.every((step) => step === 1) &&
  pads.every((pad) => pad === 0);

const isInnermost = ({ attributes }: LoweringContext): boolean => layoutOf(attributes) === "CHWN";

/** Windows that tile the map: every element is compared with its window's maximum by broadcasting. */
const tiledMaximum: Form = {
  name: "comparison by window",
  applies: (context) => {
    if (!isInnermost(context)) return false;
    const pooling = poolingOf(context, context.inputs[1]!.shape as number[]);
    return (
      tiles(pooling) &&
      pooling.height === pooling.outputHeight * pooling.kernel[0] &&
      pooling.width === pooling.outputWidth * pooling.kernel[1]
    );
  },
  lower: (context) => {
    const {
      build,
      inputs: [dy, x, y],
    } = context;
    const { channels, outputHeight, outputWidth, kernel, batch } = poolingOf(context, x!.shape as number[]);
    const windows = build.reshape(x!, [channels * outputHeight, kernel[0], outputWidth, kernel[1], batch]);
    const perWindow = (value: Value) => build.reshape(value, [channels * outputHeight, 1, outputWidth, 1, batch]);
    const isMaximum = build.cast(build.equal(windows, perWindow(y!)), "float32");
    return [build.reshape(build.mul(isMaximum, perWindow(dy!)), x!.shape as number[])];
  },
};

/** Any window: for each of its taps, the outputs whose maximum that tap holds send their gradient back to it. */
const maximumByTap: Form = {
  name: "comparison by tap",
  applies: isInnermost,
  lower: (context) => {
    const {
      build,
      inputs: [dy, x, y],
    } = context;
    const pooling = poolingOf(context, x!.shape as number[]);
    const { kernel, strides, dilations, pads, height, width, outputHeight, outputWidth } = pooling;
    // windows may reach beyond the map, on the right even beyond its padding (ceil)
    const reach = [0, 1].map(
      (axis) =>
        strides[axis]! * ((axis === 0 ? outputHeight : outputWidth) - 1) + dilations[axis]! * (kernel[axis]! - 1) + 1,
    );
    const bottom = Math.max(0, reach[0]! - height - pads[0]);
    const right = Math.max(0, reach[1]! - width - pads[1]);
    const paddedHeight = pads[0] + height + bottom;
    const paddedWidth = pads[1] + width + right;
    const padded = build.node(
      "Pad",
      [x!, build.integers([0, pads[0], pads[1], 0, 0, bottom, right, 0]), build.scalar(-3.4e38)],
      {
        attributes: { mode: attribute.string("constant") },
      },
    );
    const parts = tapsOf(kernel).map(([row, column]) => {
      const starts = [row * dilations[0], column * dilations[1]] as const;
      const ends = [
        starts[0] + strides[0] * (outputHeight - 1) + 1,
        starts[1] + strides[1] * (outputWidth - 1) + 1,
      ] as const;
      const tap = build.slice(padded, { axes: [1, 2], starts, ends, steps: [...strides] });
      const part = insertZeros(build, build.mul(dy!, build.cast(build.equal(tap, y!), "float32")), strides);
      return build.pad(part, [0, starts[0], starts[1], 0, 0, paddedHeight - ends[0], paddedWidth - ends[1], 0]);
    });
    const sum = parts.reduce((total, part) => build.add(total, part));
    return [build.slice(sum, { axes: [1, 2], starts: [pads[0], pads[1]], ends: [pads[0] + height, pads[1] + width] })];
  },
};

const tapsOf = (kernel: readonly [number, number]): [number, number][] =>
  Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => [Math.floor(tap / kernel[1]), tap % kernel[1]]);

const movedMaximum: Form = {
  name: "batch innermost",
  applies: (context) => !isInnermost(context),
  lower: ({ build, node, inputs: [dy, x, y] }) => {
    const inner = (value: Value) => build.transpose(value, [1, 2, 3, 0]);
    const dx = build.maxPoolGrad(inner(dy!), inner(x!), inner(y!), withLayout(node.attributes, "CHWN"));
    return [build.transpose(dx, [3, 0, 1, 2])];
  },
};

export const maxPoolGradForms: readonly Form[] = [
  volumeMaxPoolGrad,
  ...forMaps([tiledMaximum, maximumByTap, movedMaximum]),
];

/** Elements of each window that count (those inside the map, or inside its padding too), [1, OH, OW, 1], as their reciprocal. */
function shares(
  build: Build,
  { kernel, strides, dilations, pads, height, width, outputHeight, outputWidth, countsPads }: Pooling,
): Value {
  const inside = (output: number, axis: 0 | 1, extent: number) => {
    const [low, high] = countsPads ? [-pads[axis], extent + pads[axis === 0 ? 2 : 3]] : [0, extent];
    const start = output * strides[axis] - pads[axis];
    const places = Array.from({ length: kernel[axis] }, (_, tap) => start + tap * dilations[axis]);
    return places.filter((place) => place >= low && place < high).length;
  };
  const data = new Float32Array(outputHeight * outputWidth);
  for (let row = 0; row < outputHeight; row++) {
    for (let column = 0; column < outputWidth; column++)
      data[row * outputWidth + column] = 1 / (inside(row, 0, height) * inside(column, 1, width));
  }
  return build.constant(float32([1, outputHeight, outputWidth, 1], data));
}

const mapOfGradient = (context: LoweringContext): number[] => {
  const [channels, , , batch] = context.inputs[0]!.shape as number[];
  const [height, width] = context.attributes.ints("input_size", []) as [number, number];
  return [channels!, height, width, batch!];
};

/** Windows that tile the map: each gradient is repeated over its window. */
const tiledMean: Form = {
  name: "repetition",
  applies: (context) => isInnermost(context) && tiles(poolingOf(context, mapOfGradient(context))),
  lower: (context) => {
    const {
      build,
      inputs: [dy],
    } = context;
    const pooling = poolingOf(context, mapOfGradient(context));
    const { channels, outputHeight, outputWidth, kernel, batch, height, width } = pooling;
    const part = build.reshape(build.mul(dy!, shares(build, pooling)), [
      channels,
      outputHeight,
      1,
      outputWidth,
      1,
      batch,
    ]);
    const repeated = build.expand(part, [channels, outputHeight, kernel[0], outputWidth, kernel[1], batch]);
    const whole = build.reshape(repeated, [channels, outputHeight * kernel[0], outputWidth * kernel[1], batch]);
    const padded = [
      Math.max(0, height - outputHeight * kernel[0]),
      Math.max(0, width - outputWidth * kernel[1]),
    ] as const;
    const filled = padded[0] + padded[1] > 0 ? build.pad(whole, [0, 0, 0, 0, 0, padded[0], padded[1], 0]) : whole;
    const isLarger = (filled.shape[1] as number) > height || (filled.shape[2] as number) > width;
    return [isLarger ? build.slice(filled, { axes: [1, 2], starts: [0, 0], ends: [height, width] }) : filled];
  },
};

/** Any window: the input gradient of a depthwise convolution with kernels of ones. */
const meanAsConvolution: Form = {
  name: "depthwise convolution",
  applies: isInnermost,
  lower: (context) => {
    const {
      build,
      inputs: [dy],
    } = context;
    const pooling = poolingOf(context, mapOfGradient(context));
    const { channels, kernel, strides, dilations, pads, outputHeight, outputWidth, height, width } = pooling;
    const ones = build.constant(
      float32([channels, 1, ...kernel], new Float32Array(channels * kernel[0] * kernel[1]).fill(1)),
    );
    const reach = (axis: 0 | 1, output: number, extent: number) =>
      Math.max(
        pads[axis === 0 ? 2 : 3],
        strides[axis] * (output - 1) + dilations[axis] * (kernel[axis] - 1) + 1 - extent - pads[axis],
      );
    const attributes = {
      ...withLayout({}, "CHWN"),
      strides: attribute.ints(strides),
      pads: attribute.ints([pads[0], pads[1], reach(0, outputHeight, height), reach(1, outputWidth, width)]),
      dilations: attribute.ints(dilations),
      group: attribute.int(channels),
    };
    return [build.convGradInput(build.mul(dy!, shares(build, pooling)), ones, attributes, [height, width])];
  },
};

const movedMean: Form = {
  name: "batch innermost",
  applies: (context) => !isInnermost(context),
  lower: ({ build, node, attributes, inputs: [dy] }) => {
    const { input_size: _, ...rest } = node.attributes;
    const dx = build.averagePoolGrad(
      build.transpose(dy!, [1, 2, 3, 0]),
      withLayout(rest, "CHWN"),
      attributes.ints("input_size", []),
    );
    return [build.transpose(dx, [3, 0, 1, 2])];
  },
};

export const averagePoolGradForms: readonly Form[] = [
  volumeAveragePoolGrad,
  ...forMaps([tiledMean, meanAsConvolution, movedMean]),
];
