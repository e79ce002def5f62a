import { attribute } from "../ir/attributes.ts";
import type { Layout } from "../ops/spatial.ts";
import type { Family } from "./family.test.support.ts";

interface Drawn {
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly dilations?: readonly [number, number];
  readonly ceil?: boolean;
  readonly countsPads?: boolean;
  readonly automatic?: string;
  /** A last window would start in the padding: onnxruntime stops at such a node of ONNX's own before opset 22 (see lowering/pool.ts). */
  readonly hasIdleWindow?: boolean;
}

const drawn: readonly Drawn[] = [
  { size: [4, 6], kernel: [2, 2], strides: [2, 2] },
  { size: [5, 7], kernel: [2, 2], strides: [2, 2] },
  { size: [5, 7], kernel: [2, 2], strides: [2, 2], ceil: true },
  { size: [6, 5], kernel: [3, 2], strides: [3, 2], ceil: true },
  { size: [6, 7], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { size: [6, 6], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil: true },
  { size: [6, 5], kernel: [3, 3], strides: [2, 2], pads: [0, 1, 1, 0], ceil: true },
  { size: [5, 5], kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] },
  { size: [5, 4], kernel: [2, 3] },
  { size: [6, 5], kernel: [1, 1], strides: [2, 2] },
  { size: [7, 7], kernel: [2, 2], strides: [3, 3] },
  { size: [5, 8], kernel: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1], ceil: true, hasIdleWindow: true },
  { size: [3, 3], kernel: [3, 3] },
  { size: [7, 8], kernel: [3, 2], strides: [2, 2], pads: [1, 1, 1, 1], dilations: [2, 2] },
  { size: [6, 6], kernel: [2, 2], strides: [2, 2], dilations: [2, 2] },
  { size: [6, 6], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil: true, countsPads: true },
  { size: [5, 6], kernel: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], countsPads: true },
  { size: [5, 6], kernel: [3, 3], strides: [2, 2], automatic: "SAME_UPPER" },
];

/** Pooling of maps whose elements are apart, so that a step changes no maximum. */
export const poolCases =
  (op: "MaxPool" | "AveragePool", domain: "" | "fovea", layout: Layout): Family =>
  (random) =>
    drawn
      .filter(({ hasIdleWindow }) => domain !== "" || !hasIdleWindow)
      .map(({ size, kernel, strides, pads, dilations, ceil = false, countsPads = false, automatic }, index) => {
        const [batch, channels] = index % 2 === 0 ? [2, 1] : [1, 2];
        return {
          label: `${layout} of ${size}, kernel ${kernel}, strides ${strides}, pads ${pads ?? automatic}, dilations ${dilations}, ceil ${ceil}, counts pads ${countsPads}`,
          inputs: [random.apart(layout === "NCHW" ? [batch, channels, ...size] : [channels, ...size, batch])],
          output: (build, [x]) =>
            build.node(op, [x], {
              domain,
              attributes: {
                kernel_shape: attribute.ints(kernel),
                ...(strides ? { strides: attribute.ints(strides) } : {}),
                ...(pads ? { pads: attribute.ints(pads) } : {}),
                ...(dilations ? { dilations: attribute.ints(dilations) } : {}),
                ...(ceil ? { ceil_mode: attribute.int(1) } : {}),
                ...(countsPads && op === "AveragePool" ? { count_include_pad: attribute.int(1) } : {}),
                ...(automatic ? { auto_pad: attribute.string(automatic) } : {}),
                ...(domain === "" ? {} : { layout: attribute.string(layout) }),
              },
            }),
        };
      });
