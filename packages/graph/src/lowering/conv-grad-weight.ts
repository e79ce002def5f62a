import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { withLayout } from "../ops/conv.ts";
import { blockedConv, reorderOutput } from "../ops/internal.ts";
import { layoutOf } from "../ops/spatial.ts";
import { blockedRows, canBlockDepthwise } from "./blocked.ts";
import { conv3d } from "./conv-forward.ts";
import { isTinyDepthwise, toeplitzToTaps } from "./depthwise.ts";
import { type Form, type LoweringContext, withoutFactor } from "./form.ts";
import {
  type Geometry,
  isDepthwise,
  isPointwise,
  spreadColumns,
  subsample,
  weightGradientGeometry,
} from "./geometry.ts";
import { im2col } from "./im2col.ts";
import { outerProduct, productWithTransposed } from "./products.ts";
import { forMaps, volumeGradWeight } from "./volume.ts";

const SMALL_IM2COL = 32;

const weightShape = ({ filters, channels, group, kernel }: Geometry): number[] => [
  filters,
  channels / group,
  ...kernel,
];

/** A factor per filter, left by absorbScale, multiplies the rows of the small result. */
const factored: Form = {
  name: "factored",
  applies: ({ inputs }) => inputs.length === 3,
  lower: ({ build, node, attributes, inputs: [x, dy, factor] }) => {
    const kernel = attributes.ints("kernel_shape", []);
    const { kernel_shape: _, ...rest } = node.attributes;
    const dw = build.convGradWeight(x!, dy!, rest, kernel);
    const filters = dw.shape[0] as number;
    const rows = build.mul(build.reshape(dw, [filters, -1]), build.reshape(factor!, [filters, 1]));
    return [build.reshape(rows, dw.shape as number[])];
  },
};

/** dW [K, C / group, kh, kw] = dz columns^T, for columns [C * kh * kw, OH * OW * N] of one group. */
function fromColumns({ build, target, inputs }: LoweringContext, columns: Value, geometry: Geometry): readonly Value[] {
  const gradients = build.reshape(inputs[1]!, [geometry.filters, -1]);
  return [build.reshape(outerProduct(build, target, gradients, columns), weightShape(geometry))];
}

/** dW = dz x^T. */
const pointwise: Form = {
  name: "matmul",
  applies: (context) => isPointwise(weightGradientGeometry(context)),
  lower: (context) => {
    const { build } = context;
    const geometry = weightGradientGeometry(context);
    const columns = build.reshape(subsample(build, context.inputs[0]!, geometry), [geometry.channels, -1]);
    return fromColumns(context, columns, geometry);
  },
};

/** dW = dz im2col(x)^T, for the few channels of a first layer. */
const fewChannels: Form = {
  name: "im2col",
  applies: (context) => {
    const { layout, group, channels, kernel } = weightGradientGeometry(context);
    return layout === "CHWN" && group === 1 && channels * kernel[0] * kernel[1] <= SMALL_IM2COL;
  },
  lower: (context) => {
    const { build } = context;
    const geometry = weightGradientGeometry(context);
    const rows = geometry.channels * geometry.kernel[0] * geometry.kernel[1];
    return fromColumns(context, build.reshape(im2col(build, context.inputs[0]!, geometry), [rows, -1]), geometry);
  },
};

const tinyDepthwise: Form = {
  name: "toeplitz",
  applies: (context) => isTinyDepthwise(weightGradientGeometry(context)),
  lower: (context) => {
    const {
      build,
      target,
      inputs: [x, dy],
    } = context;
    const geometry = weightGradientGeometry(context);
    const { channels, height, width, batch, outputHeight, outputWidth } = geometry;
    const maps = build.reshape(x!, [channels, height * width, batch]);
    const dense = productWithTransposed(
      build,
      target,
      build.reshape(dy!, [channels, outputHeight * outputWidth, batch]),
      maps,
    );
    return [build.reshape(toeplitzToTaps(build, dense, geometry), weightShape(geometry))];
  },
};

/**
 * A blocked depthwise convolution of x whose kernels are dz, as large as the map: dz in blocks of channels lies in memory as such
 * kernels do. Both blocked maps are those that the convolution and its input gradient make anyway.
 */
const gradientAsBlockedKernel: Form = {
  name: "gradient as blocked kernel",
  applies: (context) => {
    const geometry = weightGradientGeometry(context);
    const { pads, rest } = geometry;
    return canBlockDepthwise(geometry, context.target) && pads[2] >= rest[0];
  },
  lower: (context) => {
    const { build } = context;
    const [x, dy] = context.inputs as [Value, Value];
    const geometry = weightGradientGeometry(context);
    const { channels, width, batch, kernel, strides, pads, rest, outputHeight, outputWidth } = geometry;
    const kernels = blockedRows(build, spreadColumns(build, dy, strides[1]));
    const columns = outputWidth * strides[1];
    const right = kernel[1] - 1 - width - pads[1] + columns;
    const found = blockedConv(
      build,
      [blockedRows(build, x), build.reshape(kernels, [channels, 1, outputHeight, columns * batch])],
      {
        pads: [pads[0], pads[1] * batch, pads[2] - rest[0], right * batch],
        dilations: [strides[0], 1],
        strides: [1, batch],
        group: channels,
      },
    );
    return [build.reshape(reorderOutput(build, found), weightShape(geometry))];
  },
};

/**
 * Depthwise on larger maps: for every column of taps, the products of all pairs of rows of dz and x in one batched product;
 * a 0/1 matrix picks the pairs that a kernel row joins. Wastes H / kh of the multiplications and is far faster than grouped forms.
 */
const depthwiseRows: Form = {
  name: "row products",
  applies: (context) => isDepthwise(weightGradientGeometry(context)),
  lower: (context) => {
    const {
      build,
      target,
      inputs: [x, dy],
    } = context;
    const geometry = weightGradientGeometry(context);
    const { channels, height, width, batch, kernel, strides, pads, outputHeight, outputWidth } = geometry;
    const pick = build.constant({
      dtype: "float32",
      shape: [outputHeight * height, kernel[0]],
      data: rowPairs(geometry),
    });
    const columns = Array.from({ length: kernel[1] }, (_, tap): Value => {
      const first = Math.max(0, Math.ceil((pads[1] - tap) / strides[1]));
      const last = Math.min(outputWidth - 1, Math.floor((width - 1 - tap + pads[1]) / strides[1]));
      const count = last - first + 1;
      if (count <= 0) return build.expand(build.scalar(0), [channels, kernel[0], 1]);
      const start = strides[1] * first + tap - pads[1];
      const left = columnsOf(build, x!, start, start + strides[1] * (count - 1) + 1, strides[1]);
      const right = columnsOf(build, dy!, first, last + 1, 1);
      const pairs = productWithTransposed(
        build,
        target,
        build.reshape(right, [channels, outputHeight, count * batch]),
        build.reshape(left, [channels, height, count * batch]),
      );
      return build.reshape(build.matMul(build.reshape(pairs, [channels, outputHeight * height]), pick), [
        channels,
        kernel[0],
        1,
      ]);
    });
    return [build.reshape(build.concat(columns, { axis: 2 }), weightShape(geometry))];
  },
};

const columnsOf = (build: Build, x: Value, start: number, end: number, step: number): Value =>
  start === 0 && end === x.shape[2] && step === 1
    ? x
    : build.slice(x, { axes: [2], starts: [start], ends: [end], steps: [step] });

function rowPairs({ outputHeight, height, kernel, strides, pads }: Geometry): Float32Array {
  const pairs = new Float32Array(outputHeight * height * kernel[0]);
  for (let output = 0; output < outputHeight; output++) {
    for (let tap = 0; tap < kernel[0]; tap++) {
      const input = output * strides[0] + tap - pads[0];
      if (input >= 0 && input < height) pairs[(output * height + input) * kernel[0] + tap] = 1;
    }
  }
  return pairs;
}

/**
 * A convolution of x with dz as its kernel: x is seen as one channel of [H, W, N * C] (channel innermost), so that the innermost
 * output axis counts the channels. One GEMM of [K, OH * OW * N] by [OH * OW * N, kh * kw * C], without a matrix in memory.
 */
const gradientAsKernel: Form = {
  name: "gradient as kernel",
  applies: (context) => {
    const { layout, group, dilations, pads, rest } = weightGradientGeometry(context);
    return (
      layout === "CHWN" &&
      group === 1 &&
      dilations.every((step) => step === 1) &&
      pads[2] >= rest[0] &&
      pads[3] >= rest[1]
    );
  },
  lower: (context) => {
    const {
      build,
      inputs: [x, dy],
    } = context;
    const geometry = weightGradientGeometry(context);
    const { channels, height, width, batch, filters, kernel, strides, pads, rest, outputHeight, outputWidth } =
      geometry;
    const innermost = build.transpose(build.reshape(x!, [channels, height * width * batch]), [1, 0]);
    const volume = build.reshape(innermost, [1, 1, height, width, batch * channels]);
    const kernels = build.reshape(dy!, [filters, 1, outputHeight, outputWidth, batch]);
    const found = conv3d(build, volume, kernels, {
      dilations: [...strides, channels],
      pads: [pads[0], pads[1], pads[2] - rest[0], pads[3] - rest[1]],
    });
    return [
      build.reshape(
        build.transpose(build.reshape(found, [filters, kernel[0] * kernel[1], channels]), [0, 2, 1]),
        weightShape(geometry),
      ),
    ];
  },
};

/** dW = dz im2col(x)^T for each group: any kernel, stride, padding, dilation and group. */
const grouped: Form = {
  name: "grouped im2col",
  applies: (context) => weightGradientGeometry(context).layout === "CHWN",
  lower: (context) => {
    const {
      build,
      target,
      inputs: [x, dy],
    } = context;
    const geometry = weightGradientGeometry(context);
    const { channels, filters, group, kernel } = geometry;
    const columns = build.reshape(im2col(build, x!, geometry), [group, (channels / group) * kernel[0] * kernel[1], -1]);
    const gradients = build.reshape(dy!, [group, filters / group, columns.shape[2] as number]);
    return [build.reshape(productWithTransposed(build, target, gradients, columns), weightShape(geometry))];
  },
};

/** ONNX's own layout: with the batch moved innermost. */
const moved: Form = {
  name: "batch innermost",
  applies: ({ attributes }) => layoutOf(attributes) === "NCHW",
  lower: (context: LoweringContext) => {
    const {
      build,
      node,
      attributes,
      inputs: [x, dy],
    } = context;
    const { kernel_shape: _, ...rest } = node.attributes;
    const innermost = (value: Value) => build.transpose(value, [1, 2, 3, 0]);
    return [
      build.convGradWeight(
        innermost(x!),
        innermost(dy!),
        withLayout(rest, "CHWN"),
        attributes.ints("kernel_shape", []),
      ),
    ];
  },
};

export const convGradWeightForms: readonly Form[] = [
  factored,
  ...withoutFactor([
    volumeGradWeight,
    ...forMaps([
      pointwise,
      fewChannels,
      tinyDepthwise,
      gradientAsBlockedKernel,
      depthwiseRows,
      gradientAsKernel,
      grouped,
      moved,
    ]),
  ]),
];
