import type { Random } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Attributes } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import type { Layout } from "../ops/spatial.ts";
import type { Case, Family } from "./family.test.support.ts";

/** A window over one to three axes, drawn so that it has at least one place. */
interface DrawnWindow {
  readonly batch: number;
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends, below the kernel's extents; absent where `automatic` says them. */
  readonly pads?: readonly number[];
  readonly automatic?: string;
}

/** Cases an operator and number of axes. */
const COUNT = 8;

/** Largest extent of a map by its number of axes: central differences take two runs an element. */
const LARGEST = [9, 5, 4] as const;

function drawWindow(random: Random, axes: number, hasDilations: boolean): DrawnWindow {
  const each = (draw: (axis: number) => number) => Array.from({ length: axes }, (_, axis) => draw(axis));
  const size = each(() => random.integer(2, LARGEST[axes - 1]!));
  const kernel = size.map((extent) => random.integer(1, Math.min(3, extent)));
  const wide = kernel.map((extent, axis) => (2 * (extent - 1) < size[axis]! ? random.integer(1, 2) : 1));
  const common = { batch: random.integer(1, 2), size, kernel, strides: each(() => random.integer(1, 3)) };
  const ones = size.map(() => 1);
  if (random.uniform() < 0.3) {
    const automatic = random.pick(["SAME_UPPER", "SAME_LOWER", "VALID"]);
    // onnxruntime makes negative pads of a stride beyond the kernel, and refuses them
    const strides = common.strides.map((stride, axis) => Math.min(stride, kernel[axis]!));
    return { ...common, strides, dilations: ones, automatic };
  }
  const pads = [...kernel, ...kernel].map((extent) => random.integer(0, extent - 1));
  return { ...common, dilations: hasDilations ? wide : ones, pads };
}

const attributesOf = ({ kernel, strides, dilations, pads, automatic }: DrawnWindow): Attributes => ({
  kernel_shape: attribute.ints(kernel),
  strides: attribute.ints(strides),
  ...(dilations.every((step) => step === 1) ? {} : { dilations: attribute.ints(dilations) }),
  ...(automatic ? { auto_pad: attribute.string(automatic) } : { pads: attribute.ints(pads!) }),
});

const labelOf = ({ batch, size, kernel, strides, dilations, pads, automatic }: DrawnWindow): string =>
  `drawn, batch ${batch} of ${size}, kernel ${kernel}, strides ${strides}, dilations ${dilations}, pads ${pads ?? automatic}`;

const inLayout = (layout: Layout, batch: number, channels: number, size: readonly number[]): number[] =>
  layout === "NCHW" ? [batch, channels, ...size] : [channels, ...size, batch];

const times = (draw: () => Case): Case[] => Array.from({ length: COUNT }, draw);

/** Convolutions over `axes`, of ONNX with a bias or of a layout without, and one of an empty batch. */
export const drawnConvolutions =
  (axes: number, domain: "" | "fovea" = "", layout: Layout = "NCHW"): Family =>
  (random) => {
    const one = (window: DrawnWindow): Case => {
      const group = random.integer(1, 2);
      const [channels, filters] = [group * random.integer(1, 2), group * random.integer(1, 2)];
      return {
        label: `${layout} ${channels}-${filters}, group ${group}, ${labelOf(window)}`,
        inputs: [
          random.tensor(inLayout(layout, window.batch, channels, window.size)),
          random.tensor([filters, channels / group, ...window.kernel]),
          ...(domain === "" ? [random.tensor([filters])] : []),
        ],
        output: (build, inputs) =>
          build.node("Conv", inputs, {
            domain,
            attributes: {
              ...attributesOf(window),
              group: attribute.int(group),
              ...(domain === "" ? {} : { layout: attribute.string(layout) }),
            },
          }),
      };
    };
    const drawn = times(() => one(drawWindow(random, axes, true)));
    return domain === "" ? [...drawn, one({ ...drawWindow(random, axes, true), batch: 0 })] : drawn;
  };

/** Transposed convolutions over `axes`: with output_padding, output_shape and auto_pad. */
export const drawnTransposed =
  (axes: number): Family =>
  (random) => {
    const one = (window: DrawnWindow): Case => {
      const group = random.integer(1, 2);
      const [channels, filters] = [group * random.integer(1, 2), random.integer(1, 2)];
      const { kernel, strides, dilations, size } = window;
      const extra = strides.map((stride) => random.integer(0, stride - 1));
      const isShaped = window.automatic === undefined && random.uniform() < 0.3;
      const full = size.map(
        (extent, axis) => strides[axis]! * (extent - 1) + dilations[axis]! * (kernel[axis]! - 1) + 1,
      );
      const shape = full.map((extent) => Math.max(1, extent - random.integer(0, 2)));
      const { pads: _, ...unpadded } = attributesOf(window);
      const attributes = isShaped
        ? { ...unpadded, output_shape: attribute.ints(shape) }
        : {
            ...attributesOf({ ...window, ...(window.pads ? { pads: within(full, window.pads) } : {}) }),
            ...(window.automatic ? {} : { output_padding: attribute.ints(extra) }),
          };
      return {
        label: `${channels}-${filters * group}, group ${group}, ${isShaped ? `output ${shape}` : `extra ${extra}`}, ${labelOf(window)}`,
        inputs: [
          random.tensor([window.batch, channels, ...size]),
          random.tensor([channels, filters, ...kernel]),
          random.tensor([filters * group]),
        ],
        output: (build, inputs) =>
          build.node("ConvTranspose", inputs, { attributes: { ...attributes, group: attribute.int(group) } }),
      };
    };
    return times(() => one(drawWindow(random, axes, true)));
  };

/** Pads that leave at least one element of the given extents. */
const within = (full: readonly number[], pads: readonly number[]): readonly number[] =>
  pads.map((pad, index) => Math.min(pad, Math.floor((full[index % full.length]! - 1) / 2)));

/** Pooling over `axes` of maps whose elements are apart, so that a step changes no maximum. */
export const drawnPools =
  (op: "MaxPool" | "AveragePool", axes: number, domain: "" | "fovea" = "", layout: Layout = "NCHW"): Family =>
  (random) =>
    times(() => {
      const window = drawWindow(random, axes, true);
      const ceil = window.pads !== undefined && random.uniform() < 0.4 && !hasIdleWindow(window);
      const countsPads = op === "AveragePool" && random.uniform() < 0.4;
      const channels = random.integer(1, 2);
      return {
        label: `${layout}, ceil ${ceil}, counts pads ${countsPads}, ${labelOf(window)}`,
        inputs: [random.apart(inLayout(layout, window.batch, channels, window.size))],
        output: (build: Build, [x]: readonly Value[]) =>
          build.node(op, [x], {
            domain,
            attributes: {
              ...attributesOf(window),
              ...(ceil ? { ceil_mode: attribute.int(1) } : {}),
              ...(countsPads ? { count_include_pad: attribute.int(1) } : {}),
              ...(domain === "" ? {} : { layout: attribute.string(layout) }),
            },
          }),
      };
    });

/** Maxima with the places that they come from as a second output, which no gradient enters. */
export const maximaWithPlaces: Family = (random) => [
  {
    label: "with places",
    inputs: [random.apart([2, 1, 5, 4])],
    output: (build, [x]) =>
      build.nodeOutputs("MaxPool", [x], {
        outputCount: 2,
        attributes: {
          kernel_shape: attribute.ints([3, 2]),
          strides: attribute.ints([2, 1]),
          pads: attribute.ints([1, 0, 0, 1]),
          storage_order: attribute.int(1),
        },
      })[0]!,
  },
];

/** Whether a last window would start in the padding: onnxruntime stops at such a node before opset 22 (lowering/pool.ts). */
const hasIdleWindow = ({ size, kernel, strides, dilations, pads }: DrawnWindow): boolean =>
  size.some((extent, axis) => {
    const steps =
      (extent + pads![axis]! + pads![axis + size.length]! - dilations[axis]! * (kernel[axis]! - 1) - 1) /
      strides[axis]!;
    return Math.ceil(steps) * strides[axis]! >= extent + pads![axis]!;
  });
