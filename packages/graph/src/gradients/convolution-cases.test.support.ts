import { attribute } from "../ir/attributes.ts";
import type { Layout } from "../ops/spatial.ts";
import type { Family } from "./family.test.support.ts";

interface Drawn {
  readonly batch?: number;
  /** Channels in, filters. */
  readonly channels: readonly [number, number];
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly group?: number;
  readonly automatic?: string;
}

/** Each row reaches another form or another border of one: see lowering/. */
const drawn: readonly Drawn[] = [
  { channels: [2, 3], size: [4, 5], kernel: [3, 3], pads: [1, 1, 1, 1] },
  { channels: [1, 2], size: [5, 3], kernel: [1, 1] },
  { channels: [2, 2], size: [5, 4], kernel: [1, 1], strides: [2, 2] },
  { channels: [4, 2], size: [6, 5], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { channels: [4, 1], size: [5, 6], kernel: [3, 3], strides: [2, 2], pads: [0, 1, 1, 0] },
  { channels: [1, 2], size: [6, 7], kernel: [3, 2], strides: [1, 2], pads: [2, 0, 1, 1], dilations: [2, 1] },
  { channels: [2, 2], size: [5, 5], kernel: [3, 3], pads: [1, 1, 1, 1], group: 2 },
  { channels: [3, 3], size: [6, 5], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], group: 3 },
  { channels: [2, 2], size: [7, 6], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], dilations: [2, 2], group: 2 },
  { channels: [4, 4], size: [3, 4], kernel: [2, 3], pads: [0, 1, 1, 1], group: 2 },
  { channels: [2, 4], size: [4, 3], kernel: [3, 3], pads: [1, 1, 1, 1], group: 2 },
  { channels: [2, 1], size: [3, 3], kernel: [3, 3] },
  { channels: [1, 1], size: [7, 8], kernel: [3, 3], strides: [3, 3], pads: [3, 3, 3, 3] },
  { channels: [2, 2], size: [5, 6], kernel: [3, 3], strides: [2, 2], automatic: "SAME_UPPER" },
  { channels: [2, 2], size: [6, 5], kernel: [2, 2], strides: [1, 2], automatic: "SAME_LOWER" },
];

/** Convolutions differentiated by map, kernels and (where the operator has one) bias. */
export const convolutionCases =
  (domain: "" | "fovea", layout: Layout): Family =>
  (random) => [
    ...drawn.map(
      ({
        batch = 2,
        channels: [channels, filters],
        size,
        kernel,
        strides = [1, 1],
        dilations = [1, 1],
        pads,
        group = 1,
        automatic,
      }) => ({
        label: `${layout} ${channels}-${filters} of ${size}, kernel ${kernel}, strides ${strides}, dilations ${dilations}, pads ${pads ?? automatic}, group ${group}`,
        inputs: [
          random.tensor(layout === "NCHW" ? [batch, channels, ...size] : [channels, ...size, batch]),
          random.tensor([filters, channels / group, ...kernel]),
          ...(domain === "" ? [random.tensor([filters])] : []),
        ],
        output: ((build, inputs) =>
          build.node("Conv", inputs, {
            domain,
            attributes: {
              strides: attribute.ints(strides),
              dilations: attribute.ints(dilations),
              group: attribute.int(group),
              ...(automatic
                ? { auto_pad: attribute.string(automatic) }
                : { pads: attribute.ints(pads ?? [0, 0, 0, 0]) }),
              ...(domain === "" ? {} : { layout: attribute.string(layout) }),
            },
          })) satisfies ReturnType<Family>[number]["output"],
      }),
    ),
    ...(domain === "" ? lines(random) : []),
  ];

/** Convolutions over one axis. */
const lines: Family = (random) =>
  (
    [
      [1, 0, 1],
      [2, 1, 1],
      [1, 2, 2],
    ] as const
  ).map(([stride, padding, dilation]) => ({
    label: `a line, stride ${stride}, padding ${padding}, dilation ${dilation}`,
    inputs: [random.tensor([2, 2, 7]), random.tensor([3, 2, 3]), random.tensor([3])],
    output: (build, [x, w, bias]) =>
      build.conv(x!, w!, bias, { strides: [stride], pads: [padding, padding], dilations: [dilation] }),
  }));
