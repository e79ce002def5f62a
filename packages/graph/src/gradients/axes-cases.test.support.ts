import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32, int64 } from "../ir/tensors.ts";
import type { Attributes } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { drawnShape, single } from "./elementwise-cases.test.support.ts";
import type { Family } from "./family.test.support.ts";

export const matrices: Family = (random) =>
  (
    [
      [
        [2, 3],
        [3, 4],
      ],
      [
        [1, 3],
        [3, 1],
      ],
      [
        [2, 2, 3],
        [2, 3, 2],
      ],
      [
        [2, 2, 3],
        [3, 2],
      ],
      [
        [3, 2],
        [2, 2, 2],
      ],
      [
        [2, 1, 2, 3],
        [3, 3, 1],
      ],
    ] as const
  ).map(([a, b]) => single(random, `[${a}] x [${b}]`, [a, b], (build, [x, y]) => build.matMul(x!, y!)));

export const gemms: Family = (random) =>
  [0, 1].flatMap((transA) =>
    [0, 1].flatMap((transB) =>
      ([undefined, [2], [1, 2], [3, 1], [3, 2], []] as const).map((bias) => {
        const attributes: Attributes = {
          transA: attribute.int(transA),
          transB: attribute.int(transB),
          ...(bias?.length === 2 ? { alpha: attribute.float(0.5), beta: attribute.float(2) } : {}),
        };
        const operands = [transA ? [4, 3] : [3, 4], transB ? [2, 4] : [4, 2], ...(bias ? [bias] : [])];
        return single(random, `transA ${transA}, transB ${transB}, bias ${bias}`, operands, (build, inputs) =>
          build.node("Gemm", inputs, { attributes }),
        );
      }),
    ),
  );

export const slices: Family = (random) =>
  (
    [
      [[5], [0], [1], [4], [1]],
      [[5], [0], [0], [5], [2]],
      [[6], [0], [1], [6], [3]],
      [[2, 7], [1], [-6], [-1], [2]],
      [
        [3, 4],
        [1, 0],
        [0, 1],
        [100, 2],
        [1, 1],
      ],
      [[5], [0], [4], [-100], [-1]],
      [[7], [0], [5], [0], [-2]],
      [[2, 5, 3], [-2], [-1], [1], [-1]],
    ] as const
  ).map(([shape, axes, starts, ends, steps]) =>
    single(random, `[${shape}] axes ${axes} from ${starts} to ${ends} step ${steps}`, [shape], (build, [x]) =>
      build.slice(x!, { axes, starts, ends, steps }),
    ),
  );

export const pads: Family = (random) => [
  ...(
    [
      [[3], [1, 2]],
      [
        [2, 3],
        [0, 1, 1, 0],
      ],
      [
        [2, 3, 2],
        [1, 0, 0, 0, 0, 2],
      ],
      [[4], [-1, 2]],
      [
        [3, 5],
        [1, -2, 0, -1],
      ],
    ] as const
  ).map(([shape, amounts]) =>
    single(random, `[${shape}] by ${amounts}`, [shape], (build, [x]) => build.pad(x!, amounts)),
  ),
  single(random, "by value and axes", [[2, 3]], (build, [x]) =>
    build.node("Pad", [x, build.integers([1, 2]), build.scalar(3), build.integers([-1])]),
  ),
];

export const gathers: Family = (random) => [
  single(random, "rows, one twice", [[4, 2]], (build, [x]) => build.gather(x!, [1, 3, 1])),
  single(random, "columns, from the end", [[2, 4]], (build, [x]) => build.gather(x!, [-1, 0], { axis: -1 })),
  single(random, "one row", [[3, 2]], (build, [x]) => build.node("Gather", [x, build.constant(int64([2], []))])),
  single(random, "a matrix of indices", [[2, 4]], (build, [x]) =>
    build.node("Gather", [x, build.constant(int64([0, 3, 3, 1], [2, 2]))], { attributes: { axis: attribute.int(1) } }),
  ),
  single(random, "computed indices", [[2, 4]], (build, [x]) => {
    const indices = build.node("Identity", [build.integers([2, -1, 2])]);
    return build.node("Gather", [x, indices], { attributes: { axis: attribute.int(1) } });
  }),
];

const repetition = (coordinates: string, rounding: string): Attributes => ({
  mode: attribute.string("nearest"),
  coordinate_transformation_mode: attribute.string(coordinates),
  nearest_mode: attribute.string(rounding),
});

export const resizes: Family = (random) => [
  single(random, "twice", [[1, 2, 3, 2]], (build, [x]) => build.upsampleNearest(x!, 2)),
  single(random, "thrice, half pixels", [[1, 1, 2, 3]], (build, [x]) =>
    build.node("Resize", [x, undefined, build.constant(float32([4], [1, 1, 3, 3]))], {
      attributes: repetition("half_pixel", "round_prefer_floor"),
    }),
  ),
  single(random, "to a size", [[2, 1, 3, 2]], (build, [x]) =>
    build.node("Resize", [x, undefined, undefined, build.integers([2, 1, 6, 8])], {
      attributes: repetition("asymmetric", "floor"),
    }),
  ),
];

export const softmaxes =
  (op: "Softmax" | "LogSoftmax"): Family =>
  (random) =>
    [
      ...([
        [[2, 3], -1],
        [[2, 3], 0],
        [[2, 3, 2], 1],
        [[1, 1], 1],
        [[2, 2, 3], undefined],
      ] as const),
      ...Array.from({ length: 4 }, () => {
        const shape = drawnShape(random, 1, 4);
        return [shape, random.integer(-shape.length, shape.length - 1)] as const;
      }),
    ].map(([shape, axis]) =>
      single(random, `[${shape}] along ${axis}`, [shape], (build, [x]) =>
        build.node(op, [x], { attributes: axis === undefined ? {} : { axis: attribute.int(axis) } }),
      ),
    );

export const normalizations =
  (layout: "NCHW" | "CHWN"): Family =>
  (random) =>
    // at least six elements a channel: with fewer, the third derivative makes the differences inexact
    (
      [
        [2, 3, 2, 2],
        [3, 1, 3, 1],
        [6, 2, 1, 1],
        [1, 2, 5, 3],
      ] as const
    ).map((shape) => ({
      label: `${layout} of ${shape}`,
      inputs: [
        random.tensor(layout === "NCHW" ? shape : [shape[1], shape[2], shape[3], shape[0]], -2, 2),
        random.tensor([shape[1]], 0.5, 1.5),
        random.tensor([shape[1]]),
      ],
      output: (build: Build, [x, scale, bias]: readonly Value[]) =>
        build.trainingNormalization(x!, scale!, bias!, {
          layout: attribute.string(layout),
          epsilon: attribute.float(1e-3),
        })[0],
    }));

export const frozenNormalizations: Family = (random) =>
  (
    [
      [2, 3, 2, 2],
      [3, 2],
      [2, 2, 3],
    ] as const
  ).map((shape) => {
    const statistics = { mean: random.tensor([shape[1]]), variance: random.tensor([shape[1]], 0.5, 2) };
    return single(random, `[${shape}]`, [shape, [shape[1]], [shape[1]]], (build, [x, scale, bias]) =>
      build.batchNormalization(x!, {
        scale: scale!,
        bias: bias!,
        mean: build.constant(statistics.mean),
        variance: build.constant(statistics.variance),
      }),
    );
  });

export const splits: Family = (random) => [
  single(random, "three parts", [[2, 6]], (build, [x]) => build.split(x!, { axis: 1, sizes: [1, 2, 3] })),
  single(
    random,
    "a part that is not used",
    [[5, 2]],
    (build, [x]) => build.split(x!, { axis: -2, sizes: [1, 3, 1] })[1]!,
  ),
  single(random, "equal parts", [[2, 5]], (build, [x]) =>
    build.nodeOutputs("Split", [x], {
      outputCount: 2,
      attributes: { axis: attribute.int(1), num_outputs: attribute.int(2) },
    }),
  ),
];
