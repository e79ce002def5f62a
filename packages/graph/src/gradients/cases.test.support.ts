import type { Random } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { filled, float32, int64 } from "../ir/tensors.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { convolutionCases } from "./convolution-cases.test.support.ts";
import type { Case, Family } from "./family.test.support.ts";
import { poolCases } from "./pool-cases.test.support.ts";
import type { gradientRules } from "./table.ts";

const shapes = [[5], [1], [2, 3], [1, 4], [2, 1, 3], [2, 3, 1, 2]] as const;

/** An operator of one input, over several ranks. */
const unary =
  (output: (build: Build, x: Value) => Value, draw: (random: Random, shape: readonly number[]) => Tensor): Family =>
  (random) =>
    shapes.map((shape) => ({ label: `[${shape}]`, inputs: [draw(random, shape)], output: (build, [x]) => output(build, x!) }));

const between =
  (low: number, high: number) =>
  (random: Random, shape: readonly number[]): Tensor =>
    random.tensor(shape, low, high);

const apart = (random: Random, shape: readonly number[]): Tensor => random.apart(shape);

/** Pairs of shapes that broadcast in every way: equal, missing axes, extents of 1 on either side and on both. */
const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[2, 3], [2, 3]], [[2, 3], [3]], [[3], [2, 3]], [[2, 3], []], [[], [2]], [[2, 1, 3], [4, 1]], [[1, 3], [2, 1]], [[1], [2, 2]], [[2, 3, 2, 2], [3, 1, 1]], [[1, 1], [1]],
];

const binary =
  (output: (build: Build, a: Value, b: Value) => Value, draw: (random: Random, shape: readonly number[]) => Tensor): Family =>
  (random) => [
    ...broadcasts.map(([a, b]) => ({
      label: `[${a}] and [${b}]`,
      inputs: [draw(random, a), draw(random, b)],
      output: (build: Build, [x, y]: readonly Value[]) => output(build, x!, y!),
    })),
    { label: "the same value twice", inputs: [draw(random, [3])], output: (build, [x]) => output(build, x!, build.mul(x!, 1.5)) },
  ];

/** Two inputs for an operator that compares them: their elements alternate on one scale, so that no two are near. */
const extremum =
  (op: "Max" | "Min"): Family =>
  (random) => {
    const drawn = (first: readonly number[], second: readonly number[]): [Tensor, Tensor] => {
      const a = random.apart(first);
      const b = random.apart(second);
      return [a, { ...b, data: (b.data as Float32Array).map((element) => element + 0.05) }];
    };
    return [
      ...broadcasts.map(([first, second]) => ({
        label: `[${first}] and [${second}]`,
        inputs: drawn(first, second),
        output: (build: Build, [a, b]: readonly Value[]) => build.node(op, [a, b]),
      })),
      { label: "one input", inputs: [random.apart([3])], output: (build, [a]) => build.node(op, [a]) },
      {
        label: "three inputs",
        inputs: [float32([2, 2], [1, 5, 3, 8]), float32([2], [2, 4]), float32([], [3.5])],
        output: (build, inputs) => build.node(op, inputs),
      },
    ];
  };

const reduction =
  (op: string, draw: (random: Random, shape: readonly number[]) => Tensor): Family =>
  (random) =>
    ([
      [[2, 3], [1], true], [[2, 3], [0], false], [[2, 3, 4], [0, -1], true], [[2, 3, 2], [-2], false], [[3, 1], [1], true], [[4], [0], false], [[2, 3], undefined, true], [[2, 1, 3], undefined, false],
    ] as const).map(([shape, axes, keepDims]) => ({
      label: `[${shape}] over ${axes ?? "all"}, keepdims ${keepDims}`,
      inputs: [draw(random, shape)],
      output: (build: Build, [x]: readonly Value[]) =>
        build.node(op, axes ? [x, build.integers(axes)] : [x], { attributes: { keepdims: attribute.int(Number(keepDims)) } }),
    }));

const withNoAxes =
  (op: string): Family =>
  (random) => [
    {
      label: "no axes, which means none",
      inputs: [random.tensor([2, 2], 0.5, 1)],
      output: (build, [x]) => build.node(op, [x, build.integers([])], { attributes: { noop_with_empty_axes: attribute.int(1) } }),
    },
  ];

const join =
  (...families: readonly Family[]): Family =>
  (random) =>
    families.flatMap((family) => family(random));

/** One case from shape and builder, elements in [-1, 1). */
const single = (random: Random, label: string, shapesOfInputs: readonly (readonly number[])[], output: Case["output"]): Case => ({
  label,
  inputs: shapesOfInputs.map((shape) => random.tensor(shape)),
  output,
});

const matrices: Family = (random) =>
  ([
    [[2, 3], [3, 4]], [[1, 3], [3, 1]], [[2, 2, 3], [2, 3, 2]], [[2, 2, 3], [3, 2]], [[3, 2], [2, 2, 2]], [[2, 1, 2, 3], [3, 3, 1]],
  ] as const).map(([a, b]) => single(random, `[${a}] x [${b}]`, [a, b], (build, [x, y]) => build.matMul(x!, y!)));

const gemms: Family = (random) =>
  [0, 1].flatMap((transA) =>
    [0, 1].flatMap((transB) =>
      ([undefined, [2], [1, 2], [3, 1], [3, 2], []] as const).map((bias) => {
        const attributes: Attributes = {
          transA: attribute.int(transA),
          transB: attribute.int(transB),
          ...(bias?.length === 2 ? { alpha: attribute.float(0.5), beta: attribute.float(2) } : {}),
        };
        const operands = [transA ? [4, 3] : [3, 4], transB ? [2, 4] : [4, 2], ...(bias ? [bias] : [])];
        return single(random, `transA ${transA}, transB ${transB}, bias ${bias}`, operands, (build, inputs) => build.node("Gemm", inputs, { attributes }));
      }),
    ),
  );

const slices: Family = (random) =>
  ([
    [[5], [0], [1], [4], [1]], [[5], [0], [0], [5], [2]], [[6], [0], [1], [6], [3]], [[2, 7], [1], [-6], [-1], [2]], [[3, 4], [1, 0], [0, 1], [100, 2], [1, 1]],
    [[5], [0], [4], [-100], [-1]], [[7], [0], [5], [0], [-2]], [[2, 5, 3], [-2], [-1], [1], [-1]],
  ] as const).map(([shape, axes, starts, ends, steps]) =>
    single(random, `[${shape}] axes ${axes} from ${starts} to ${ends} step ${steps}`, [shape], (build, [x]) => build.slice(x!, { axes, starts, ends, steps })),
  );

const pads: Family = (random) => [
  ...([[[3], [1, 2]], [[2, 3], [0, 1, 1, 0]], [[2, 3, 2], [1, 0, 0, 0, 0, 2]], [[4], [-1, 2]], [[3, 5], [1, -2, 0, -1]]] as const).map(([shape, amounts]) =>
    single(random, `[${shape}] by ${amounts}`, [shape], (build, [x]) => build.pad(x!, amounts)),
  ),
  single(random, "by value and axes", [[2, 3]], (build, [x]) => build.node("Pad", [x, build.integers([1, 2]), build.scalar(3), build.integers([-1])])),
];

const gathers: Family = (random) => [
  single(random, "rows, one twice", [[4, 2]], (build, [x]) => build.gather(x!, [1, 3, 1])),
  single(random, "columns, from the end", [[2, 4]], (build, [x]) => build.gather(x!, [-1, 0], { axis: -1 })),
  single(random, "one row", [[3, 2]], (build, [x]) => build.node("Gather", [x, build.constant(int64([2], []))])),
  single(random, "a matrix of indices", [[2, 4]], (build, [x]) => build.node("Gather", [x, build.constant(int64([0, 3, 3, 1], [2, 2]))], { attributes: { axis: attribute.int(1) } })),
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

const resizes: Family = (random) => [
  single(random, "twice", [[1, 2, 3, 2]], (build, [x]) => build.upsampleNearest(x!, 2)),
  single(random, "thrice, half pixels", [[1, 1, 2, 3]], (build, [x]) =>
    build.node("Resize", [x, undefined, build.constant(float32([4], [1, 1, 3, 3]))], { attributes: repetition("half_pixel", "round_prefer_floor") })),
  single(random, "to a size", [[2, 1, 3, 2]], (build, [x]) =>
    build.node("Resize", [x, undefined, undefined, build.integers([2, 1, 6, 8])], { attributes: repetition("asymmetric", "floor") })),
];

const softmaxes =
  (op: "Softmax" | "LogSoftmax"): Family =>
  (random) =>
    ([[[2, 3], -1], [[2, 3], 0], [[2, 3, 2], 1], [[1, 1], 1], [[2, 2, 3], undefined]] as const).map(([shape, axis]) =>
      single(random, `[${shape}] along ${axis}`, [shape], (build, [x]) => build.node(op, [x], { attributes: axis === undefined ? {} : { axis: attribute.int(axis) } })),
    );

const normalizations =
  (layout: "NCHW" | "CHWN"): Family =>
  (random) =>
    // at least six elements a channel: with fewer, the third derivative makes the differences inexact
    ([[2, 3, 2, 2], [3, 1, 3, 1], [6, 2, 1, 1], [1, 2, 5, 3]] as const).map((shape) => ({
      label: `${layout} of ${shape}`,
      inputs: [random.tensor(layout === "NCHW" ? shape : [shape[1], shape[2], shape[3], shape[0]], -2, 2), random.tensor([shape[1]], 0.5, 1.5), random.tensor([shape[1]])],
      output: (build: Build, [x, scale, bias]: readonly Value[]) =>
        build.trainingNormalization(x!, scale!, bias!, { layout: attribute.string(layout), epsilon: attribute.float(1e-3) })[0],
    }));

const frozenNormalizations: Family = (random) =>
  ([[2, 3, 2, 2], [3, 2], [2, 2, 3]] as const).map((shape) => {
    const statistics = { mean: random.tensor([shape[1]]), variance: random.tensor([shape[1]], 0.5, 2) };
    return single(random, `[${shape}]`, [shape, [shape[1]], [shape[1]]], (build, [x, scale, bias]) =>
      build.batchNormalization(x!, { scale: scale!, bias: bias!, mean: build.constant(statistics.mean), variance: build.constant(statistics.variance) }),
    );
  });

const splits: Family = (random) => [
  single(random, "three parts", [[2, 6]], (build, [x]) => build.split(x!, { axis: 1, sizes: [1, 2, 3] })),
  single(random, "a part that is not used", [[5, 2]], (build, [x]) => build.split(x!, { axis: -2, sizes: [1, 3, 1] })[1]!),
  single(random, "equal parts", [[2, 5]], (build, [x]) => build.nodeOutputs("Split", [x], { outputCount: 2, attributes: { axis: attribute.int(1), num_outputs: attribute.int(2) } })),
];

const reshapes =
  (cases: readonly (readonly [readonly number[], (build: Build, x: Value) => Value])[]): Family =>
  (random) =>
    cases.map(([shape, output]) => single(random, `[${shape}]`, [shape], (build, [x]) => output(build, x!)));

const inAxes = (op: string, axes?: readonly number[]) => (build: Build, x: Value) => build.node(op, axes ? [x, build.integers(axes)] : [x]);

/** Cases of every rule; a rule without cases does not compile. */
export const gradientCases = {
  Abs: unary((build, x) => build.abs(x), apart),
  Add: binary((build, a, b) => build.add(a, b), between(-1, 1)),
  AveragePool: poolCases("AveragePool", "", "NCHW"),
  BatchNormalization: frozenNormalizations,
  Cast: unary((build, x) => build.cast(build.cast(x, "float64"), "float32"), between(-1, 1)),
  Clip: join(
    unary((build, x) => build.clip(x, -0.1, 0.1), apart),
    (random) => [single(random, "no lower bound", [[4]], (build, [x]) => build.node("Clip", [x, undefined, build.scalar(2)]))],
  ),
  Concat: (random) => [
    single(random, "rows", [[1, 2], [3, 2]], (build, inputs) => build.concat(inputs, { axis: 0 })),
    single(random, "columns of three", [[2, 1], [2, 2], [2, 3]], (build, inputs) => build.concat(inputs, { axis: -1 })),
    single(random, "one value twice and a constant", [[2]], (build, [x]) => build.concat([x!, build.constant(filled([1], 2)), x!], { axis: 0 })),
  ],
  Conv: convolutionCases("", "NCHW"),
  Div: binary((build, a, b) => build.div(a, b), between(1, 2)),
  Exp: unary((build, x) => build.exp(x), between(-1, 1)),
  Expand: reshapes([[[2, 1], (build, x) => build.expand(x, [2, 3])], [[3], (build, x) => build.expand(x, [2, 2, 3])], [[2, 1, 2], (build, x) => build.expand(x, [3, 1])], [[], (build, x) => build.expand(x, [2])], [[2, 3], (build, x) => build.expand(x, [2, 1])]]),
  Flatten: reshapes([[[2, 3, 2], (build, x) => build.flatten(x)], [[2, 3, 2], (build, x) => build.flatten(x, { axis: -1 })], [[2, 2], (build, x) => build.flatten(x, { axis: 0 })]]),
  Gather: gathers,
  Gemm: gemms,
  GlobalAveragePool: reshapes([[[2, 3, 2, 3], (build, x) => build.globalAveragePool(x)], [[1, 2, 5], (build, x) => build.globalAveragePool(x)], [[2, 1, 1, 1], (build, x) => build.globalAveragePool(x)]]),
  Identity: unary((build, x) => build.identity(x), between(-1, 1)),
  Log: unary((build, x) => build.log(x), between(1, 3)),
  LogSoftmax: softmaxes("LogSoftmax"),
  MatMul: matrices,
  Max: extremum("Max"),
  MaxPool: poolCases("MaxPool", "", "NCHW"),
  Min: extremum("Min"),
  Mul: binary((build, a, b) => build.mul(a, b), between(-1, 1)),
  Neg: unary((build, x) => build.neg(x), between(-1, 1)),
  Pad: pads,
  Pow: join(
    unary((build, x) => build.pow(x, 2), between(-1, 1)),
    unary((build, x) => build.pow(x, 1), between(-1, 1)),
    unary((build, x) => build.pow(x, -0.5), between(1, 2)),
    (random) => [
      single(random, "exponents that broadcast", [[1, 3]], (build, [x]) => build.pow(build.abs(x!), build.constant(float32([2, 1], [2, 3])))),
      single(random, "a whole number as exponent", [[3]], (build, [x]) => build.pow(x!, build.constant(int64([3])))),
    ],
  ),
  Reciprocal: unary((build, x) => build.reciprocal(x), between(1, 2)),
  ReduceMax: reduction("ReduceMax", apart),
  ReduceMean: join(reduction("ReduceMean", between(-1, 1)), withNoAxes("ReduceMean")),
  ReduceSum: join(reduction("ReduceSum", between(-1, 1)), withNoAxes("ReduceSum")),
  ReduceSumSquare: reduction("ReduceSumSquare", between(-1, 1)),
  Relu: unary((build, x) => build.relu(x), apart),
  Reshape: reshapes([[[2, 3], (build, x) => build.reshape(x, [3, 2])], [[2, 3], (build, x) => build.reshape(x, [0, -1, 1])], [[1], (build, x) => build.reshape(x, [])]]),
  Resize: resizes,
  Sigmoid: unary((build, x) => build.sigmoid(x), between(-3, 3)),
  Slice: slices,
  Softmax: softmaxes("Softmax"),
  Softplus: unary((build, x) => build.softplus(x), between(-3, 3)),
  Split: splits,
  Sqrt: unary((build, x) => build.sqrt(x), between(1, 3)),
  Squeeze: reshapes([[[2, 1, 3], inAxes("Squeeze", [1])], [[1, 2, 1], inAxes("Squeeze", [-1])], [[1, 2, 1], inAxes("Squeeze")]]),
  Sub: binary((build, a, b) => build.sub(a, b), between(-1, 1)),
  Sum: (random) => [single(random, "three, broadcast", [[2, 3], [3], [2, 1]], (build, inputs) => build.node("Sum", inputs)), single(random, "one", [[2]], (build, inputs) => build.node("Sum", inputs))],
  Tanh: unary((build, x) => build.tanh(x), between(-2, 2)),
  Transpose: reshapes([[[2, 3], (build, x) => build.transpose(x, [1, 0])], [[2, 3, 4], (build, x) => build.transpose(x, [2, 0, 1])], [[2, 3, 2], (build, x) => build.node("Transpose", [x])]]),
  Unsqueeze: reshapes([[[2, 3], inAxes("Unsqueeze", [1])], [[3], inAxes("Unsqueeze", [-1, 0])]]),
  Where: binary((build, a, b) => build.where(build.constant({ dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }), oneColumn(build, a), oneColumn(build, b)), between(-1, 1)),
  "fovea.AveragePool": poolCases("AveragePool", "fovea", "CHWN"),
  "fovea.BatchNormalization": join(normalizations("NCHW"), normalizations("CHWN")),
  "fovea.Conv": join(convolutionCases("fovea", "NCHW"), convolutionCases("fovea", "CHWN")),
  "fovea.MaxPool": poolCases("MaxPool", "fovea", "CHWN"),
} satisfies Record<keyof typeof gradientRules, Family>;

/** Any value with an axis of extent 1 at the end, along which a condition of two elements broadcasts. */
const oneColumn = (build: Build, x: Value): Value => build.reshape(x, [...(x.shape as number[]), 1]);
