import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { withLayout } from "../ops/conv.ts";
import { layoutOf } from "../ops/spatial.ts";
import { blockDepthwiseWeights, blockedConvolution, blockWeights, canBlock, canBlockDepthwise } from "./blocked.ts";
import { applyToeplitz, isTinyDepthwise, toeplitz } from "./depthwise.ts";
import type { Form } from "./form.ts";
import { forwardGeometry, type Geometry, isPointwise, subsample } from "./geometry.ts";
import { im2col } from "./im2col.ts";

/** Most rows of an im2col matrix that is cheaper than a convolution. */
const SMALL_IM2COL = 32;

const pixels = ({ outputHeight, outputWidth, batch }: Geometry): number => outputHeight * outputWidth * batch;

const outputShape = ({ filters, outputHeight, outputWidth, batch }: Geometry): number[] => [
  filters,
  outputHeight,
  outputWidth,
  batch,
];

const matrix = (build: Build, x: Value, rows: number): Value => build.reshape(x, [rows, -1]);

/** z = W x: a 1x1 convolution is a product of matrices. */
const pointwise: Form = {
  name: "matmul",
  applies: (context) => isPointwise(forwardGeometry(context)),
  lower: (context) => {
    const {
      build,
      inputs: [x, w],
    } = context;
    const geometry = forwardGeometry(context);
    const columns = matrix(build, subsample(build, x!, geometry), geometry.channels);
    return [build.reshape(build.matMul(matrix(build, w!, geometry.filters), columns), outputShape(geometry))];
  },
};

/** z = W im2col(x), for the few channels of a first layer. */
const fewChannels: Form = {
  name: "im2col",
  applies: (context) => {
    const { layout, channels, kernel, group } = forwardGeometry(context);
    return layout === "CHWN" && group === 1 && channels * kernel[0] * kernel[1] <= SMALL_IM2COL;
  },
  lower: (context) => {
    const {
      build,
      inputs: [x, w],
    } = context;
    const geometry = forwardGeometry(context);
    const rows = geometry.channels * geometry.kernel[0] * geometry.kernel[1];
    const columns = build.reshape(im2col(build, x!, geometry), [rows, pixels(geometry)]);
    return [build.reshape(build.matMul(matrix(build, w!, geometry.filters), columns), outputShape(geometry))];
  },
};

/** Depthwise on a tiny map: each channel's window as a dense matrix over the map. */
const tinyDepthwise: Form = {
  name: "toeplitz",
  applies: (context) => isTinyDepthwise(forwardGeometry(context)),
  lower: (context) => {
    const {
      build,
      inputs: [x, w],
    } = context;
    const geometry = forwardGeometry(context);
    return [build.reshape(applyToeplitz(build, toeplitz(build, w!, geometry), x!, geometry), outputShape(geometry))];
  },
};

/** Kernels of onnxruntime over blocks of channels. */
const blocked: Form = {
  name: "blocked",
  applies: (context) => canBlock(forwardGeometry(context), context.target),
  lower: (context) => {
    const { build, target } = context;
    const [x, w] = context.inputs as [Value, Value];
    return [blockedConvolution(build, x, blockWeights(build, w, target.blockedChannels), forwardGeometry(context))];
  },
};

const blockedDepthwise: Form = {
  name: "blocked depthwise",
  applies: (context) => canBlockDepthwise(forwardGeometry(context), context.target),
  lower: (context) => {
    const { build, target } = context;
    const [x, w] = context.inputs as [Value, Value];
    const geometry = forwardGeometry(context);
    const { pads, group, strides } = geometry;
    const weights = blockDepthwiseWeights(build, w, target.blockedChannels);
    const columns = blockedConvolution(build, x, weights, { pads, group, rowStride: strides[0] });
    if (strides[1] === 1) return [columns];
    return [build.slice(columns, { axes: [2], starts: [0], ends: [columns.shape[2] as number], steps: [strides[1]] })];
  },
};

/** A 3-D convolution of [1, C, H, W, N] whose window is one deep along the batch: one large GEMM. */
const batchAsDepth: Form = {
  name: "3-D convolution",
  applies: (context) => {
    const { layout, group } = forwardGeometry(context);
    return layout === "CHWN" && (group === 1 || context.target.groupedVolumes);
  },
  lower: (context) => {
    const {
      build,
      inputs: [x, w],
    } = context;
    const geometry = forwardGeometry(context);
    const { channels, height, width, batch, filters, kernel, strides, dilations, pads, group } = geometry;
    const volume = build.reshape(x!, [1, channels, height, width, batch]);
    const kernels = build.reshape(w!, [filters, channels / group, ...kernel, 1]);
    return [build.reshape(conv3d(build, volume, kernels, { strides, dilations, pads, group }), outputShape(geometry))];
  },
};

/** Groups where the target has none over three axes: in ONNX's own layout and back. */
const batchOutermost: Form = {
  name: "batch outermost",
  applies: (context) => forwardGeometry(context).layout === "CHWN",
  lower: ({ build, node, inputs: [x, w] }) => {
    const z = build.convInLayout(build.transpose(x!, [3, 0, 1, 2]), w!, withLayout(node.attributes, "NCHW"));
    return [build.transpose(z, [1, 2, 3, 0])];
  },
};

/** In ONNX's own layout the operator is published as it stands. */
const published: Form = {
  name: "convolution",
  applies: ({ attributes }) => layoutOf(attributes) === "NCHW",
  lower: ({ build, node, inputs: [x, w] }) => {
    const { layout: _, ...attributes } = node.attributes;
    return [build.node("Conv", [x!, w!], { attributes })];
  },
};

/** Conv over [1, C, H, W, N] with kernels [K, C / group, kh, kw, kn]; `pads` of height and width only. */
export function conv3d(
  build: Build,
  x: Value,
  w: Value,
  {
    strides = [1, 1],
    dilations = [1, 1],
    pads,
    group = 1,
  }: { strides?: readonly number[]; dilations?: readonly number[]; pads: readonly number[]; group?: number },
): Value {
  return build.node("Conv", [x, w], {
    attributes: {
      kernel_shape: attribute.ints(w.shape.slice(2) as number[]),
      strides: attribute.ints([...strides, 1]),
      dilations: attribute.ints(dilations.length === 3 ? dilations : [...dilations, 1]),
      pads: attribute.ints([pads[0]!, pads[1]!, 0, pads[2]!, pads[3]!, 0]),
      group: attribute.int(group),
    },
  });
}

export const convForms: readonly Form[] = [
  pointwise,
  fewChannels,
  tinyDepthwise,
  blocked,
  blockedDepthwise,
  batchAsDepth,
  batchOutermost,
  published,
];
