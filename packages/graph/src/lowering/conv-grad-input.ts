import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { withLayout } from "../ops/conv.ts";
import { layoutOf } from "../ops/spatial.ts";
import {
  blockDepthwiseWeights,
  blockedConvolution,
  blockedRows,
  blockTurnedWeights,
  canBlock,
  canBlockDepthwise,
  convolveRows,
  mapsOfRows,
} from "./blocked.ts";
import { conv3d } from "./conv-forward.ts";
import { isTinyDepthwise, toeplitz } from "./depthwise.ts";
import { type Form, type LoweringContext, withoutFactor } from "./form.ts";
import { type Geometry, inputGradientGeometry, insertZeros, isPointwise, spreadColumns } from "./geometry.ts";
import { productOfTransposed } from "./products.ts";
import { forMaps, volumeGradInput } from "./volume.ts";

const inputShape = ({ channels, height, width, batch }: Geometry): number[] => [channels, height, width, batch];

/** Pads of the stride-1 convolution that carries a gradient back: what the window overlaps before and behind. */
const turnedPads = ({
  kernel,
  dilations,
  strides,
  pads,
  height,
  width,
  outputHeight,
  outputWidth,
}: Geometry): [number, number, number, number] => {
  const reach = [dilations[0] * (kernel[0] - 1), dilations[1] * (kernel[1] - 1)] as const;
  const before = [reach[0] - pads[0], reach[1] - pads[1]] as const;
  const behind = (extent: number, output: number, axis: 0 | 1) =>
    extent + reach[axis] - (strides[axis] * (output - 1) + 1) - before[axis];
  return [before[0], before[1], behind(height, outputHeight, 0), behind(width, outputWidth, 1)];
};

/** A factor per filter, left by absorbScale, multiplies the kernels instead of the large map. */
const factored: Form = {
  name: "factored",
  applies: ({ inputs }) => inputs.length === 3,
  lower: ({ build, node, attributes, inputs: [dy, w, factor] }) => {
    const filters = w!.shape[0] as number;
    const rows = build.mul(build.reshape(w!, [filters, -1]), build.reshape(factor!, [filters, 1]));
    const { input_size: _, ...rest } = node.attributes;
    return [
      build.convGradInput(dy!, build.reshape(rows, w!.shape as number[]), rest, attributes.ints("input_size", [])),
    ];
  },
};

/** dx = W^T dz; with a stride, zeros stand between its pixels. */
const pointwise: Form = {
  name: "matmul",
  applies: (context) => isPointwise(inputGradientGeometry(context)),
  lower: (context) => {
    const {
      build,
      inputs: [dy, w],
    } = context;
    const geometry = inputGradientGeometry(context);
    const { channels, filters, outputHeight, outputWidth, batch, strides, height, width } = geometry;
    const turned = build.transpose(build.reshape(w!, [filters, channels]), [1, 0]);
    const small = build.reshape(build.matMul(turned, build.reshape(dy!, [filters, -1])), [
      channels,
      outputHeight,
      outputWidth,
      batch,
    ]);
    if (strides[0] === 1 && strides[1] === 1) return [small];
    const columns = build.reshape(small, [channels, outputHeight, 1, outputWidth, 1, batch]);
    const spread = build.pad(columns, [0, 0, 0, 0, 0, 0, 0, 0, strides[0] - 1, 0, strides[1] - 1, 0]);
    return [
      cropTo(
        build,
        build.reshape(spread, [channels, outputHeight * strides[0], outputWidth * strides[1], batch]),
        height,
        width,
      ),
    ];
  },
};

/** Cuts or fills rows and columns at the end, so that maps [C, *, *, N] become [C, height, width, N]. */
function cropTo(build: Build, x: Value, height: number, width: number): Value {
  const [, rows, columns] = x.shape as number[];
  const cut =
    rows! > height || columns! > width ? build.slice(x, { axes: [1, 2], starts: [0, 0], ends: [height, width] }) : x;
  const missing = [Math.max(0, height - rows!), Math.max(0, width - columns!)] as const;
  return missing[0] + missing[1] > 0 ? build.pad(cut, [0, 0, 0, 0, 0, missing[0], missing[1], 0]) : cut;
}

const tinyDepthwise: Form = {
  name: "toeplitz",
  applies: (context) => isTinyDepthwise(inputGradientGeometry(context)),
  lower: (context) => {
    const {
      build,
      target,
      inputs: [dy, w],
    } = context;
    const geometry = inputGradientGeometry(context);
    const { channels, outputHeight, outputWidth, batch } = geometry;
    const gradients = build.reshape(dy!, [channels, outputHeight * outputWidth, batch]);
    return [
      build.reshape(productOfTransposed(build, target, toeplitz(build, w!, geometry), gradients), inputShape(geometry)),
    ];
  },
};

const canTurn = (geometry: Geometry): boolean => turnedPads(geometry).every((pad) => pad >= 0);

/** Kernels of onnxruntime over blocks of channels. */
const blocked: Form = {
  name: "blocked",
  applies: (context) => {
    const geometry = inputGradientGeometry(context);
    return canBlock(geometry, context.target) && canTurn(geometry);
  },
  lower: (context) => {
    const { build, target } = context;
    const [dy, w] = context.inputs as [Value, Value];
    const weights = blockTurnedWeights(build, w, target.blockedChannels);
    return [blockedConvolution(build, dy, weights, { pads: turnedPads(inputGradientGeometry(context)) })];
  },
};

const blockedDepthwise: Form = {
  name: "blocked depthwise",
  applies: (context) => {
    const geometry = inputGradientGeometry(context);
    return canBlockDepthwise(geometry, context.target) && canTurnByRows(geometry);
  },
  lower: (context) => {
    const { build, target } = context;
    const [dy, w] = context.inputs as [Value, Value];
    const geometry = inputGradientGeometry(context);
    const { channels, kernel, strides, batch, width, height } = geometry;
    const rows = blockedRows(build, spreadColumns(build, dy, strides[1]));
    const [left, right] = turnedColumnPads(geometry);
    const parts = rowPhases(geometry).map(({ taps, top, bottom }) => {
      const turned = taps.flatMap((row) =>
        Array.from({ length: kernel[1] }, (_, tap) => (row + 1) * kernel[1] - 1 - tap),
      );
      const kernels = build.reshape(selectTaps(build, w, turned), [channels, 1, taps.length, kernel[1]]);
      const weights = blockDepthwiseWeights(build, kernels, target.blockedChannels);
      const part = convolveRows(build, rows, weights, { pads: [top, left, bottom, right], group: channels, batch });
      return mapsOfRows(build, part, batch);
    });
    if (parts.length === 1) return parts;
    const interleaved = build.concat(
      parts.map((part) => build.reshape(part, [channels, part.shape[1] as number, 1, width * batch])),
      { axis: 2 },
    );
    return [cropTo(build, build.reshape(interleaved, [channels, -1, width, batch]), height, width)];
  },
};

interface RowPhase {
  /** Rows of the kernel that reach the rows of this phase, in the order in which they meet rows of dz. */
  readonly taps: readonly number[];
  readonly top: number;
  readonly bottom: number;
}

/**
 * Row q s + r of x is seen by the kernel rows i = (r + p) mod s, and s more each, of the output rows q + (r + p - i) / s: for every
 * remainder r a convolution of dz by rows, no zeros between them.
 */
function rowPhases({ kernel, strides, pads, height, outputHeight }: Geometry): readonly RowPhase[] {
  const wanted = Math.ceil(height / strides[0]);
  return Array.from({ length: strides[0] }, (_, rest): RowPhase => {
    const first = (rest + pads[0]) % strides[0];
    const count = Math.max(0, Math.ceil((kernel[0] - first) / strides[0]));
    const taps = Array.from({ length: count }, (_, index) => first + (count - 1 - index) * strides[0]);
    const top = count - 1 - (rest + pads[0] - first) / strides[0];
    return { taps, top, bottom: wanted - outputHeight - top + count - 1 };
  });
}

const turnedColumnPads = ({ kernel, strides, pads, width, outputWidth }: Geometry): [left: number, right: number] => {
  const left = kernel[1] - 1 - pads[1];
  return [left, width - outputWidth * strides[1] - left + kernel[1] - 1];
};

const canTurnByRows = (geometry: Geometry): boolean =>
  turnedColumnPads(geometry).every((pad) => pad >= 0) &&
  rowPhases(geometry).every(({ taps, top, bottom }) => taps.length > 0 && top >= 0 && bottom >= 0);

const allTaps = ({ kernel }: Geometry): number[] => Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => tap);

/** Chosen taps of kernels [..., kh, kw] as [rows, taps], by a product with a 0/1 matrix (gathering along a short last axis is far slower). */
function selectTaps(build: Build, w: Value, taps: readonly number[]): Value {
  const [height, width] = w.shape.slice(-2) as [number, number];
  const selection = new Float32Array(height * width * taps.length);
  taps.forEach((tap, column) => {
    selection[tap * taps.length + column] = 1;
  });
  const matrix = build.constant({ dtype: "float32", shape: [height * width, taps.length], data: selection });
  return build.matMul(build.reshape(w, [-1, height * width]), matrix);
}

/** Kernels with filters and channels changed, [C, K, kh, kw], for one group. */
const swapChannels = (build: Build, w: Value): Value => {
  const [filters, channels, height, width] = w.shape as [number, number, number, number];
  const rows = build.transpose(build.reshape(w, [filters, channels, height * width]), [1, 0, 2]);
  return build.reshape(rows, [channels, filters, height, width]);
};

/**
 * Stride 2, kernel 3, padding 1: even pixels see tap 1, odd ones taps 2 and 0, so four small convolutions of dz give the pixels of the
 * four parities, which are then interleaved. No multiplication by an inserted zero.
 */
const phases: Form = {
  name: "phases",
  applies: (context) => {
    const { layout, group, kernel, strides, dilations, pads } = inputGradientGeometry(context);
    const of = (values: readonly number[], wanted: number) => values.every((value) => value === wanted);
    return layout === "CHWN" && group === 1 && of(kernel, 3) && of(strides, 2) && of(dilations, 1) && of(pads, 1);
  },
  lower: (context) => {
    const {
      build,
      inputs: [dy, w],
    } = context;
    const geometry = inputGradientGeometry(context);
    const { channels, filters, outputHeight, outputWidth, batch, height, width } = geometry;
    const volume = build.reshape(dy!, [1, filters, outputHeight, outputWidth, batch]);
    const swapped = swapChannels(build, w!);
    const tapsOfParity = [[1], [2, 0]] as const;
    const rows = tapsOfParity.map((vertical) => {
      const parts = tapsOfParity.map((horizontal) => {
        const taps = vertical.flatMap((row) => horizontal.map((column) => row * 3 + column));
        const kernels = build.reshape(selectTaps(build, swapped, taps), [
          channels,
          filters,
          vertical.length,
          horizontal.length,
          1,
        ]);
        const part = conv3d(build, volume, kernels, { pads: [0, 0, vertical.length - 1, horizontal.length - 1] });
        return build.reshape(part, [channels, outputHeight, 1, outputWidth, 1, batch]);
      });
      return build.concat(parts, { axis: 4 });
    });
    const whole = build.reshape(build.concat(rows, { axis: 2 }), [channels, outputHeight * 2, outputWidth * 2, batch]);
    return [cropTo(build, whole, height, width)];
  },
};

/** A stride-1 convolution of dz, zeros inserted, with turned kernels: any kernel, stride, padding, dilation and group. */
const turned: Form = {
  name: "turned kernels",
  applies: (context) => inputGradientGeometry(context).layout === "CHWN",
  lower: (context) => {
    const {
      build,
      target,
      inputs: [dy, w],
    } = context;
    const geometry = inputGradientGeometry(context);
    const { channels, filters, group, kernel, strides, dilations, batch } = geometry;
    const taps = kernel[0] * kernel[1];
    const byGroup = build.transpose(build.reshape(w!, [group, filters / group, channels / group, taps]), [0, 2, 1, 3]);
    const rows = build.reshape(byGroup, [channels * (filters / group), kernel[0], kernel[1]]);
    const kernels = build.reshape(selectTaps(build, rows, allTaps(geometry).reverse()), [
      channels,
      filters / group,
      ...kernel,
    ]);
    const spread = insertZeros(build, dy!, strides);
    const pads = turnedPads(geometry);
    const fits = pads.every((pad) => pad >= 0);
    const padded = fits ? spread : build.pad(spread, [0, pads[0], pads[1], 0, 0, pads[2], pads[3], 0]);
    const options = { dilations, pads: fits ? pads : [0, 0, 0, 0], group };
    if (group > 1 && !target.groupedVolumes) {
      const attributes = {
        dilations: attribute.ints(dilations),
        pads: attribute.ints(options.pads),
        group: attribute.int(group),
      };
      return [build.convInLayout(padded, kernels, withLayout(attributes, "CHWN"))];
    }
    const [, height, width] = padded.shape as number[];
    const volume = build.reshape(padded, [1, filters, height!, width!, batch]);
    const deep = build.reshape(kernels, [...(kernels.shape as number[]), 1]);
    return [build.reshape(conv3d(build, volume, deep, options), inputShape(geometry))];
  },
};

/** ONNX's own layout: with the batch moved innermost and back. */
const moved: Form = {
  name: "batch innermost",
  applies: ({ attributes }) => layoutOf(attributes) === "NCHW",
  lower: ({ build, node, attributes, inputs: [dy, w] }: LoweringContext) => {
    const { input_size: _, ...rest } = node.attributes;
    const dx = build.convGradInput(
      build.transpose(dy!, [1, 2, 3, 0]),
      w!,
      withLayout(rest, "CHWN"),
      attributes.ints("input_size", []),
    );
    return [build.transpose(dx, [3, 0, 1, 2])];
  },
};

export const convGradInputForms: readonly Form[] = [
  factored,
  ...withoutFactor([
    volumeGradInput,
    ...forMaps([pointwise, tinyDepthwise, blocked, blockedDepthwise, phases, turned, moved]),
  ]),
];
