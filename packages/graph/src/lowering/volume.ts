import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { outputExtents, type Window, windowOf } from "../ops/spatial.ts";
import type { Form, LoweringContext } from "./form.ts";

/**
 * Whether a gradient is over volumes [N, C, D, H, W]. Its forms hold for any number of axes, and are in ONNX's own layout: a layout
 * rule moves the batch of maps only.
 */
export const isVolume = ({ inputs }: LoweringContext): boolean => inputs[0]!.shape.length === 5;

/** Forms written for maps of two axes. */
export const forMaps = (forms: readonly Form[]): readonly Form[] =>
  forms.map((form) => ({ ...form, applies: (context) => !isVolume(context) && form.applies(context) }));

/** A window over a map of some size. */
export interface Slide extends Window {
  readonly size: readonly number[];
  readonly output: readonly number[];
  /** Elements from the first of a window to its last. */
  readonly reach: readonly number[];
  readonly group: number;
}

/** The window of a gradient node over the map that it is the gradient of. */
export function slideOf({ attributes }: LoweringContext, kernel: readonly number[], size: readonly number[]): Slide {
  const window = windowOf(attributes, kernel, size);
  return {
    ...window,
    size,
    output: outputExtents(size, window) as number[],
    reach: kernel.map((extent, axis) => window.dilations[axis]! * (extent - 1)),
    group: attributes.int("group", 1),
  };
}

/** Pads of a value [N, C, ...]; a negative one cuts. */
export const padSpatial = (build: Build, x: Value, begins: readonly number[], ends: readonly number[]): Value =>
  [...begins, ...ends].every((amount) => amount === 0) ? x : build.pad(x, [0, 0, ...begins, 0, 0, ...ends]);

/** Puts `stride - 1` zeros behind every element of each spatial axis. */
export const spread = (build: Build, x: Value, strides: readonly number[]): Value =>
  strides.reduce((value, stride, index) => {
    if (stride === 1) return value;
    const axis = index + 2;
    const shape = value.shape as readonly number[];
    const [before, after] = [sizeOf(shape.slice(0, axis + 1)), sizeOf(shape.slice(axis + 1))];
    const wide = build.pad(build.reshape(value, [before, 1, after]), [0, 0, 0, 0, stride - 1, 0]);
    return build.reshape(wide, shape.with(axis, shape[axis]! * stride));
  }, x);

interface Steps {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
}

/** A convolution without padding; its groups one by one where the target has none over three axes. */
function convolution({ build, target }: LoweringContext, x: Value, w: Value, steps: Steps): Value {
  const { strides, dilations, group } = steps;
  const one = (map: Value, kernels: Value, groups: number) =>
    build.node("Conv", [map, kernels], {
      attributes: {
        kernel_shape: attribute.ints(w.shape.slice(2) as number[]),
        strides: attribute.ints(strides),
        dilations: attribute.ints(dilations),
        group: attribute.int(groups),
      },
    });
  if (group === 1 || target.groupedVolumes) return one(x, w, group);
  const parts = (value: Value, axis: number) =>
    build.split(value, { axis, sizes: new Array<number>(group).fill((value.shape[axis] as number) / group) });
  const kernels = parts(w, 0);
  return build.concat(
    parts(x, 1).map((map, index) => one(map, kernels[index]!, 1)),
    { axis: 1 },
  );
}

/** dx = a stride-1 convolution of dz, zeros between its elements, with turned kernels: any window and group. */
export const volumeGradInput: Form = {
  name: "turned volume",
  applies: isVolume,
  lower: (context) => {
    const {
      build,
      attributes,
      inputs: [dy, w],
    } = context;
    const [filters, perGroup, ...kernel] = w!.shape as [number, number, ...number[]];
    const { size, output, strides, dilations, pads, reach, group } = slideOf(
      context,
      kernel,
      attributes.ints("input_size", []),
    );
    const taps = sizeOf(kernel);
    const grouped = build.reshape(w!, [group, filters / group, perGroup, taps]);
    const rows = build.reshape(build.transpose(grouped, [0, 2, 1, 3]), [perGroup * filters, taps]);
    const turned = build.reshape(build.matMul(rows, antidiagonal(build, taps)), [
      group * perGroup,
      filters / group,
      ...kernel,
    ]);
    const begins = reach.map((extent, axis) => extent - pads[axis]!);
    // behind every element stand stride - 1 zeros, also behind the last
    const ends = size.map((extent, axis) => extent + reach[axis]! - strides[axis]! * output[axis]! - begins[axis]!);
    const padded = padSpatial(build, spread(build, dy!, strides), begins, ends);
    return [convolution(context, padded, turned, { strides: kernel.map(() => 1), dilations, group })];
  },
};

/** A product with it turns rows round. */
function antidiagonal(build: Build, extent: number): Value {
  const data = new Float32Array(extent * extent);
  for (let row = 0; row < extent; row++) data[row * extent + extent - 1 - row] = 1;
  return build.constant(float32([extent, extent], data));
}

/**
 * dw[k, c] = sum over n of x[n, c] correlated with dz[n, k]: a convolution whose channels are the pictures of the batch, whose kernels
 * are dz, and whose strides and dilations are exchanged. With groups, those of the channels are groups of its inputs.
 */
export const volumeGradWeight: Form = {
  name: "batch as channels",
  applies: isVolume,
  lower: (context) => {
    const {
      build,
      attributes,
      inputs: [x, dy],
    } = context;
    const [batch, channels, ...extents] = x!.shape as [number, number, ...number[]];
    const kernel = attributes.ints("kernel_shape", []);
    const { output, strides, dilations, pads, reach, group, size } = slideOf(context, kernel, extents);
    const axes = size.map((_, axis) => axis);
    const grouped = build.reshape(x!, [batch, group, channels / group, ...size]);
    const pictures = build.reshape(build.transpose(grouped, [2, 1, 0, ...axes.map((axis) => axis + 3)]), [
      channels / group,
      group * batch,
      ...size,
    ]);
    const ends = size.map(
      (extent, axis) => strides[axis]! * (output[axis]! - 1) + reach[axis]! + 1 - extent - pads[axis]!,
    );
    const padded = padSpatial(build, pictures, pads.slice(0, size.length), ends);
    const swapped = [1, 0, ...axes.map((axis) => axis + 2)];
    const found = convolution(context, padded, build.transpose(dy!, swapped), {
      strides: dilations,
      dilations: strides,
      group,
    });
    return [build.transpose(found, swapped)];
  },
};
