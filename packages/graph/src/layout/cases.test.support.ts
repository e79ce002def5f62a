import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { filled, float32, int64 } from "../ir/tensors.ts";
import type { Attributes } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { unaryOperators } from "../ops/unary.ts";

/** One use of an operator; `batch` are shapes of inputs whose axis 0 is the batch, `fixed` those of others. Elements are in [0.25, 1.5). */
export interface LayoutCase {
  readonly batch: readonly (readonly number[])[];
  readonly fixed?: readonly (readonly number[])[];
  readonly output: (build: Build, batch: readonly Value[], fixed: readonly Value[]) => Value | readonly Value[];
}

/** The batch is as long as another axis, so that a mistaken axis is not told by its extent. */
const MAP = [3, 2, 3, 4] as const;

const one = (batch: readonly number[], output: (build: Build, x: Value) => Value | readonly Value[]): LayoutCase => ({
  batch: [batch],
  output: (build, [x]) => output(build, x!),
});

const constant = (build: Build, shape: readonly number[]): Value =>
  build.constant(
    float32(
      shape,
      Array.from(
        { length: shape.reduce((product, extent) => product * extent, 1) },
        (_, index) => 0.3 + ((index * 7) % 11) / 8,
      ),
    ),
  );

const unaryCases = (op: string): readonly LayoutCase[] =>
  [MAP, [3, 4], [3]].map((shape) =>
    one(shape, (build, x) =>
      op === "Not"
        ? build.cast(build.not(build.greater(x, 1)), "float32")
        : build.node(op, [op === "Round" || op === "Floor" || op === "Ceil" ? build.mul(x, 1.37) : x]),
    ),
  );

/** Operands with and without the batch, of equal and smaller rank, with extents of 1 and as long as the batch. */
const operandCases = (output: (build: Build, a: Value, b: Value) => Value): readonly LayoutCase[] => [
  { batch: [MAP, MAP], output: (build, [a, b]) => output(build, a!, b!) },
  { batch: [MAP, [3, 2, 1, 1]], output: (build, [a, b]) => output(build, a!, b!) },
  {
    batch: [
      [3, 1, 3, 1],
      [3, 2, 1, 4],
    ],
    output: (build, [a, b]) => output(build, a!, b!),
  },
  ...[[], [1], [4], [3, 4], [2, 1, 1], [1, 2, 1, 4], [3, 2, 3, 4], [3, 1, 1, 1], [1, 1, 1, 1]].map((shape) => ({
    batch: [MAP],
    fixed: [shape],
    output: (build: Build, [a]: readonly Value[], [b]: readonly Value[]) => output(build, a!, b!),
  })),
  { batch: [MAP], output: (build, [a]) => output(build, constant(build, [2, 1, 1]), a!) },
  { batch: [[3, 4]], fixed: [[2, 3, 4]], output: (build, [a], [b]) => output(build, a!, b!) },
  { batch: [[3, 3], [3]], output: (build, [a, b]) => output(build, a!, b!) },
  { batch: [[3]], fixed: [[1]], output: (build, [a], [b]) => output(build, a!, b!) },
];

const comparisons = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"] as const;

const logical = (op: "And" | "Or") =>
  operandCases((build, a, b) => build.cast(build.node(op, [build.greater(a, 1), build.less(b, 1)]), "float32"));

const arithmetic = (op: string) => operandCases((build, a, b) => build.node(op, [a, b]));

const reductionCases = (op: string): readonly LayoutCase[] => [
  ...[[0], [1], [2, 3], [0, 2, 3], [-1], [0, 1, 2, 3], [-4, 3]].flatMap((axes) =>
    [0, 1].map((keepDims) =>
      one(MAP, (build, x) =>
        build.node(op, [x, build.integers(axes)], { attributes: { keepdims: attribute.int(keepDims) } }),
      ),
    ),
  ),
  one(MAP, (build, x) => build.node(op, [x])),
  one([3, 4], (build, x) => build.node(op, [x, build.integers([1])], { attributes: { keepdims: attribute.int(0) } })),
  one([3], (build, x) => build.node(op, [x, build.integers([0])], { attributes: { keepdims: attribute.int(0) } })),
  one([3, 4], (build, x) =>
    build.node(op, [x, build.integers([])], { attributes: { noop_with_empty_axes: attribute.int(1) } }),
  ),
];

const alongAxes = (op: string): readonly LayoutCase[] =>
  [0, 1, 2, -1, undefined].map((axis) =>
    one([3, 3, 4], (build, x) =>
      build.node(op, [x], { attributes: axis === undefined ? {} : { axis: attribute.int(axis) } }),
    ),
  );

const poolCases = (op: "MaxPool" | "AveragePool"): readonly LayoutCase[] => [
  ...[
    { kernel: [2, 2], strides: [2, 2], ceil: true },
    { kernel: [3, 2], strides: [1, 2], pads: [1, 0, 1, 1] },
  ].map((options) =>
    one([3, 2, 5, 7], (build, x) => (op === "MaxPool" ? build.maxPool(x, options) : build.averagePool(x, options))),
  ),
  one([2, 1, 7, 8], (build, x) =>
    build.node(op, [x], { attributes: { ...window, dilations: attribute.ints([2, 2]) } }),
  ),
  one([2, 1, 7, 8], (build, x) =>
    build.node(op, [x], { attributes: { ...window, auto_pad: attribute.string("SAME_UPPER") } }),
  ),
  ...(op === "AveragePool"
    ? [
        one([2, 1, 7, 8], (build, x) =>
          build.node(op, [x], {
            attributes: { ...window, pads: attribute.ints([1, 1, 1, 1]), count_include_pad: attribute.int(1) },
          }),
        ),
      ]
    : [one([2, 1, 6, 6], (build, x) => build.nodeOutputs(op, [x], { attributes: window, outputCount: 2 }))]),
  one([3, 2, 7], (build, x) => build.node(op, [x], { attributes: { kernel_shape: attribute.ints([3]) } })),
];

const window: Attributes = { kernel_shape: attribute.ints([3, 3]), strides: attribute.ints([2, 2]) };

const convolutionCases: readonly LayoutCase[] = [
  one([3, 2, 5, 6], (build, x) =>
    build.conv(x, constant(build, [4, 2, 3, 3]), constant(build, [4]), { pads: [1, 1, 1, 1] }),
  ),
  one([3, 2, 5, 6], (build, x) =>
    build.conv(x, constant(build, [4, 1, 3, 2]), undefined, { strides: [2, 1], group: 2 }),
  ),
  one([3, 2, 5, 6], (build, x) =>
    build.node("Conv", [x, constant(build, [3, 2, 3, 3])], {
      attributes: { strides: attribute.ints([2, 2]), auto_pad: attribute.string("SAME_LOWER") },
    }),
  ),
  one([3, 2, 7], (build, x) => build.conv(x, constant(build, [4, 2, 3]), constant(build, [4]))),
  {
    batch: [
      [3, 2, 5, 6],
      [4, 2, 1, 1],
    ],
    output: (build, [x, w]) => build.conv(x!, w!),
  },
];

const frozen = (shape: readonly number[]) =>
  one(shape, (build, x) => {
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map(() => constant(build, [shape[1]!])) as [
      Value,
      Value,
      Value,
      Value,
    ];
    return build.batchNormalization(x, { scale, bias, mean, variance }, { epsilon: 0.1 });
  });

const training = (shape: readonly number[]) =>
  one(shape, (build, x) =>
    build.trainingNormalization(x, constant(build, [shape[1]!]), constant(build, [shape[1]!]), {
      epsilon: attribute.float(0.01),
    }),
  );

const gemmCases: readonly LayoutCase[] = [
  ...[undefined, [5], [1, 5], [3, 1], [3, 5], [1], []].map((bias) =>
    one([3, 4], (build, x) => build.gemm(x, constant(build, [4, 5]), bias && constant(build, bias))),
  ),
  one([3, 4], (build, x) => build.gemm(x, constant(build, [3, 4]), constant(build, [3, 1]), { transB: true })),
  one([3, 4], (build, x) => build.gemm(x, constant(build, [3, 5]), undefined, { transA: true })),
  one([3, 4], (build, x) =>
    build.node("Gemm", [x, constant(build, [4, 2]), constant(build, [2])], {
      attributes: { alpha: attribute.float(0.5), beta: attribute.float(3) },
    }),
  ),
  {
    batch: [
      [3, 4],
      [4, 2],
    ],
    output: (build, [x, w]) => build.gemm(x!, w!),
  },
  { batch: [[4, 2]], fixed: [[3, 4]], output: (build, [w], [x]) => build.gemm(x!, w!) },
];

const resize = (scales: readonly number[], attributes: Attributes) =>
  one([2, 3, 2, 3], (build, x) =>
    build.node("Resize", [x, undefined, build.constant(float32([4], scales))], { attributes }),
  );

const nearest = (coordinates: string, rounding: string): Attributes => ({
  mode: attribute.string("nearest"),
  coordinate_transformation_mode: attribute.string(coordinates),
  nearest_mode: attribute.string(rounding),
});

const resizeCases: readonly LayoutCase[] = [
  one([2, 3, 4, 5], (build, x) => build.upsampleNearest(x, 2)),
  resize([1, 1, 3, 2], nearest("half_pixel", "round_prefer_floor")),
  resize([1, 1, 2, 2], nearest("half_pixel", "floor")),
  resize([1, 1, 3, 3], nearest("asymmetric", "round_prefer_floor")),
  resize([1, 1, 3, 3], nearest("align_corners", "round_prefer_floor")),
  resize([1, 2, 2, 1], nearest("asymmetric", "floor")),
  resize([2, 1, 1, 2], nearest("asymmetric", "floor")),
  resize([1, 1, 1.2, 2.5], nearest("asymmetric", "floor")),
  resize([1, 1, 2, 2], { mode: attribute.string("linear") }),
  one([2, 1, 3, 2], (build, x) =>
    build.node("Resize", [x, undefined, undefined, build.integers([2, 1, 6, 8])], {
      attributes: nearest("asymmetric", "floor"),
    }),
  ),
];

const reshapeCases = (cases: readonly (readonly [readonly number[], (build: Build, x: Value) => Value])[]) =>
  cases.map(([shape, output]) => one(shape, output));

const inAxes = (op: string, axes?: readonly number[]) => (build: Build, x: Value) =>
  build.node(op, axes ? [x, build.integers(axes)] : [x]);

/** Cases of every rule of the table, and of one operator that it does not know. */
export const layoutCases: Readonly<Record<string, readonly LayoutCase[]>> = {
  ...Object.fromEntries(unaryOperators.map((op) => [op, unaryCases(op)])),
  ...Object.fromEntries(["Add", "Div", "Max", "Min", "Mul", "Pow", "Sub", "Sum"].map((op) => [op, arithmetic(op)])),
  ...Object.fromEntries(
    comparisons.map((op) => [op, operandCases((build, a, b) => build.cast(build.node(op, [a, b]), "float32"))]),
  ),
  ...Object.fromEntries(
    [
      "ReduceL1",
      "ReduceL2",
      "ReduceLogSum",
      "ReduceLogSumExp",
      "ReduceMax",
      "ReduceMean",
      "ReduceMin",
      "ReduceProd",
      "ReduceSum",
      "ReduceSumSquare",
    ].map((op) => [op, reductionCases(op)]),
  ),
  And: logical("And"),
  AveragePool: poolCases("AveragePool"),
  BatchNormalization: [frozen(MAP), frozen([3, 4]), frozen([2, 3, 4])],
  Cast: [
    one(MAP, (build, x) => build.cast(x, "int32")),
    one([3, 2], (build, x) => build.cast(build.cast(x, "float64"), "float32")),
  ],
  Clip: [
    one(MAP, (build, x) => build.clip(x, 0.5, 1)),
    one([3, 2], (build, x) => build.node("Clip", [x, undefined, build.scalar(1)])),
  ],
  Concat: [
    { batch: [MAP, [3, 5, 3, 4]], output: (build, values) => build.concat(values, { axis: 1 }) },
    { batch: [MAP, MAP], output: (build, values) => build.concat(values, { axis: -1 }) },
    { batch: [MAP, [2, 2, 3, 4]], output: (build, values) => build.concat(values, { axis: 0 }) },
    { batch: [MAP, [2, 2, 3, 4]], output: (build, values) => build.concat(values, { axis: -4 }) },
    { batch: [MAP], fixed: [[3, 1, 3, 4]], output: (build, [a], [b]) => build.concat([a!, b!], { axis: 1 }) },
  ],
  Conv: convolutionCases,
  Dropout: [
    one(MAP, (build, x) => build.node("Dropout", [x, build.scalar(0.4)])),
    one([3, 4], (build, x) => build.nodeOutputs("Dropout", [x], { outputCount: 2 })[0]!),
  ],
  Flatten: reshapeCases([
    [MAP, (build, x) => build.flatten(x)],
    [MAP, (build, x) => build.flatten(x, { axis: 2 })],
    [MAP, (build, x) => build.flatten(x, { axis: 0 })],
    [[3, 4], (build, x) => build.flatten(x)],
  ]),
  Gather: [
    one(MAP, (build, x) => build.gather(x, [1, 0, 1], { axis: 1 })),
    one(MAP, (build, x) => build.gather(x, [2, -1], { axis: -1 })),
    one(MAP, (build, x) => build.gather(x, [2, 0], { axis: 0 })),
    one(MAP, (build, x) => build.gather(x, [2, 0], { axis: -4 })),
    one(MAP, (build, x) =>
      build.node("Gather", [x, build.constant(int64([1], []))], { attributes: { axis: attribute.int(2) } }),
    ),
    one([3, 2], (build, x) => build.node("Gather", [constant(build, [5, 2]), build.cast(build.mul(x, 2), "int64")])),
  ],
  Gemm: gemmCases,
  GlobalAveragePool: [
    one(MAP, (build, x) => build.globalAveragePool(x)),
    one([3, 2, 5], (build, x) => build.globalAveragePool(x)),
    one([2, 3, 2, 2, 3], (build, x) => build.globalAveragePool(x)),
  ],
  GlobalMaxPool: [one(MAP, (build, x) => build.node("GlobalMaxPool", [build.relu(x)]))],
  LogSoftmax: alongAxes("LogSoftmax"),
  MatMul: [
    one([3, 4], (build, x) => build.matMul(x, constant(build, [4, 5]))),
    one([3, 2, 4], (build, x) => build.matMul(x, constant(build, [4, 5]))),
    {
      batch: [
        [3, 4],
        [4, 2],
      ],
      output: (build, [a, b]) => build.matMul(a!, b!),
    },
    { batch: [[4, 2]], fixed: [[3, 4]], output: (build, [b], [a]) => build.matMul(a!, b!) },
  ],
  MaxPool: poolCases("MaxPool"),
  Or: logical("Or"),
  Pad: [
    one(MAP, (build, x) => build.pad(x, [0, 1, 2, 0, 0, 0, 1, 3])),
    one(MAP, (build, x) => build.pad(x, [1, 0, 0, 0, 2, 0, 0, 0])),
    one(MAP, (build, x) => build.pad(x, [0, 0, 1, 1, 0, 0, 1, 1], { mode: "edge" })),
    one(MAP, (build, x) => build.pad(x, [0, 0, -1, 1, 0, 0, 0, -2])),
    one(MAP, (build, x) => build.node("Pad", [x, build.integers([1, 2]), build.scalar(5), build.integers([-1])])),
  ],
  Reshape: reshapeCases([
    [MAP, (build, x) => build.reshape(x, [3, -1])],
    [MAP, (build, x) => build.reshape(x, [0, 0, 12])],
    [MAP, (build, x) => build.reshape(x, [6, 12])],
    [MAP, (build, x) => build.reshape(x, [2, 3, 3, 4])],
    [MAP, (build, x) => build.reshape(x, [1, 3, 24])],
    [[3], (build, x) => build.reshape(x, [3, 1])],
    [[3, 1], (build, x) => build.reshape(x, [3])],
  ]),
  Resize: resizeCases,
  Slice: [
    one(MAP, (build, x) => build.slice(x, { axes: [2, 3], starts: [1, 0], ends: [3, 4], steps: [1, 2] })),
    one(MAP, (build, x) => build.slice(x, { axes: [0], starts: [1], ends: [3] })),
    one(MAP, (build, x) => build.slice(x, { axes: [-1, 1], starts: [-1, 0], ends: [-100, 1], steps: [-1, 1] })),
    one([3, 5], (build, x) => build.node("Slice", [x, build.integers([0, 1]), build.integers([3, -1])])),
  ],
  Softmax: alongAxes("Softmax"),
  Split: [
    one(MAP, (build, x) => build.split(x, { axis: 3, sizes: [1, 3] })),
    one(MAP, (build, x) => build.split(x, { axis: 0, sizes: [1, 2] })),
    one(MAP, (build, x) => build.split(x, { axis: -4, sizes: [2, 1] })),
    one([2, 5], (build, x) =>
      build.nodeOutputs("Split", [x], {
        outputCount: 2,
        attributes: { axis: attribute.int(1), num_outputs: attribute.int(2) },
      }),
    ),
  ],
  Squeeze: reshapeCases([
    [[3, 2, 1, 1], inAxes("Squeeze", [2, 3])],
    [[3, 2, 1, 1], inAxes("Squeeze")],
    [[1, 2, 1], inAxes("Squeeze", [0])],
    [[1, 2, 1], inAxes("Squeeze", [-1])],
    [[1, 2, 1], inAxes("Squeeze")],
  ]),
  Transpose: [
    [0, 2, 3, 1],
    [0, 1, 3, 2],
    [1, 0, 2, 3],
    [3, 2, 1, 0],
  ]
    .map((order) => one(MAP, (build, x) => build.transpose(x, order)))
    .concat(one([3, 4], (build, x) => build.node("Transpose", [x]))),
  Unsqueeze: reshapeCases([
    [[3, 2], inAxes("Unsqueeze", [2, -1])],
    [[3, 2], inAxes("Unsqueeze", [0])],
    [[1, 2], inAxes("Unsqueeze", [0])],
    [[3], inAxes("Unsqueeze", [1])],
  ]),
  Where: [
    ...operandCases((build, a, b) => build.where(build.greater(a, 1), a, b)),
    one(MAP, (build, x) =>
      build.where(
        build.constant({ dtype: "bool", shape: [4], data: Uint8Array.of(1, 0, 0, 1) }),
        x,
        build.constant(filled([2, 1, 1], 9)),
      ),
    ),
  ],
  "fovea.BatchNormalization": [training(MAP), training([6, 4])],
  "fovea.StopGradient": [one(MAP, (build, x) => build.stopGradient(x)), one([3], (build, x) => build.stopGradient(x))],
};
