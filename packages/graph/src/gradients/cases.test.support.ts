import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { filled, float32, int64 } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import * as axes from "./axes-cases.test.support.ts";
import { convolutionCases } from "./convolution-cases.test.support.ts";
import * as drawn from "./drawn-cases.test.support.ts";
import {
  apart,
  between,
  binary,
  extremum,
  join,
  reduction,
  single,
  unary,
  withNoAxes,
} from "./elementwise-cases.test.support.ts";
import type { Family } from "./family.test.support.ts";
import { poolCases } from "./pool-cases.test.support.ts";
import { grus, lstms } from "./recurrent-cases.test.support.ts";
import * as sampling from "./sampling-cases.test.support.ts";
import type { gradientRules } from "./table.ts";
import { drawnConvolutions, drawnPools, drawnTransposed, maximaWithPlaces } from "./window-cases.test.support.ts";

/** Lines, maps and volumes. */
const overAxes = (family: (axes: number) => Family): readonly Family[] => [1, 2, 3].map(family);

const reshapes =
  (cases: readonly (readonly [readonly number[], (build: Build, x: Value) => Value])[]): Family =>
  (random) =>
    cases.map(([shape, output]) => single(random, `[${shape}]`, [shape], (build, [x]) => output(build, x!)));

const inAxes = (op: string, axes?: readonly number[]) => (build: Build, x: Value) =>
  build.node(op, axes ? [x, build.integers(axes)] : [x]);

const reductions = (op: string, draw: Parameters<typeof reduction>[1]): Family =>
  join(reduction(op, draw), drawn.drawnReductions(op, draw));

/** Cases of every rule; a rule without cases does not compile. */
export const gradientCases = {
  Abs: unary((build, x) => build.abs(x), apart),
  Add: binary((build, a, b) => build.add(a, b), between(-1, 1)),
  AveragePool: join(poolCases("AveragePool", "", "NCHW"), ...overAxes((axes) => drawnPools("AveragePool", axes))),
  BatchNormalization: axes.frozenNormalizations,
  Cast: unary((build, x) => build.cast(build.cast(x, "float64"), "float32"), between(-1, 1)),
  Celu: join(
    unary((build, x) => build.node("Celu", [x]), apart),
    unary((build, x) => build.node("Celu", [x], { attributes: { alpha: attribute.float(0.4) } }), apart),
  ),
  Clip: join(
    unary((build, x) => build.clip(x, -0.1, 0.1), apart),
    (random) => [
      single(random, "no lower bound", [[4]], (build, [x]) => build.node("Clip", [x, undefined, build.scalar(2)])),
    ],
  ),
  Concat: (random) => [
    single(
      random,
      "rows",
      [
        [1, 2],
        [3, 2],
      ],
      (build, inputs) => build.concat(inputs, { axis: 0 }),
    ),
    single(
      random,
      "columns of three",
      [
        [2, 1],
        [2, 2],
        [2, 3],
      ],
      (build, inputs) => build.concat(inputs, { axis: -1 }),
    ),
    single(random, "one value twice and a constant", [[2]], (build, [x]) =>
      build.concat([x!, build.constant(filled([1], 2)), x!], { axis: 0 }),
    ),
  ],
  Conv: join(convolutionCases("", "NCHW"), ...overAxes((axes) => drawnConvolutions(axes))),
  ConvTranspose: join(...overAxes((axes) => drawnTransposed(axes))),
  Cos: unary((build, x) => build.cos(x), between(-3, 3)),
  DepthToSpace: sampling.depthsToSpace,
  CumSum: drawn.cumulativeSums,
  Div: binary((build, a, b) => build.div(a, b), between(1, 2)),
  Dropout: (random) => [
    single(random, "as it stands in a model", [[2, 3]], (build, [x]) => build.node("Dropout", [x, build.scalar(0.3)])),
    single(random, "told not to drop", [[4]], (build, [x]) =>
      build.node("Dropout", [x, undefined, build.constant({ dtype: "bool", shape: [], data: Uint8Array.of(0) })]),
    ),
  ],
  Einsum: drawn.einsums,
  Elu: join(
    unary((build, x) => build.node("Elu", [x]), apart),
    unary((build, x) => build.node("Elu", [x], { attributes: { alpha: attribute.float(0.3) } }), apart),
  ),
  Erf: unary((build, x) => build.erf(x), between(-2, 2)),
  Exp: unary((build, x) => build.exp(x), between(-1, 1)),
  Expand: reshapes([
    [[2, 1], (build, x) => build.expand(x, [2, 3])],
    [[3], (build, x) => build.expand(x, [2, 2, 3])],
    [[2, 1, 2], (build, x) => build.expand(x, [3, 1])],
    [[], (build, x) => build.expand(x, [2])],
    [[2, 3], (build, x) => build.expand(x, [2, 1])],
  ]),
  Flatten: reshapes([
    [[2, 3, 2], (build, x) => build.flatten(x)],
    [[2, 3, 2], (build, x) => build.flatten(x, { axis: -1 })],
    [[2, 2], (build, x) => build.flatten(x, { axis: 0 })],
  ]),
  GRU: grus,
  Gather: axes.gathers,
  GatherElements: drawn.elementsGathered,
  GatherND: drawn.slicesGathered,
  Gelu: join(
    unary((build, x) => build.gelu(x), between(-3, 3)),
    unary((build, x) => build.gelu(x, { approximate: "tanh" }), between(-3, 3)),
  ),
  Gemm: axes.gemms,
  GlobalAveragePool: reshapes([
    [[2, 3, 2, 3], (build, x) => build.globalAveragePool(x)],
    [[1, 2, 5], (build, x) => build.globalAveragePool(x)],
    [[2, 1, 1, 1], (build, x) => build.globalAveragePool(x)],
  ]),
  GlobalMaxPool: sampling.globalMaxima,
  GridSample: sampling.gridSamples,
  GroupNormalization: drawn.groupNormalizations,
  InstanceNormalization: drawn.instanceNormalizations,
  LSTM: lstms,
  LayerNormalization: drawn.layerNormalizations,
  Identity: unary((build, x) => build.identity(x), between(-1, 1)),
  Log: unary((build, x) => build.log(x), between(1, 3)),
  LogSoftmax: axes.softmaxes("LogSoftmax"),
  MatMul: join(axes.matrices, drawn.vectorProducts),
  Max: extremum("Max"),
  MaxPool: join(poolCases("MaxPool", "", "NCHW"), ...overAxes((axes) => drawnPools("MaxPool", axes)), maximaWithPlaces),
  Min: extremum("Min"),
  Mish: unary((build, x) => build.mish(x), between(-3, 3)),
  Mul: binary((build, a, b) => build.mul(a, b), between(-1, 1)),
  Neg: unary((build, x) => build.neg(x), between(-1, 1)),
  Pad: axes.pads,
  Pow: join(
    unary((build, x) => build.pow(x, 2), between(-1, 1)),
    unary((build, x) => build.pow(x, 1), between(-1, 1)),
    unary((build, x) => build.pow(x, -0.5), between(1, 2)),
    (random) => [
      single(random, "exponents that broadcast", [[1, 3]], (build, [x]) =>
        build.pow(build.abs(x!), build.constant(float32([2, 1], [2, 3]))),
      ),
      single(random, "a whole number as exponent", [[3]], (build, [x]) => build.pow(x!, build.constant(int64([3])))),
    ],
  ),
  Reciprocal: unary((build, x) => build.reciprocal(x), between(1, 2)),
  ReduceL1: reductions("ReduceL1", apart),
  ReduceLogSum: reductions("ReduceLogSum", between(0.8, 1.5)),
  ReduceLogSumExp: reductions("ReduceLogSumExp", between(-2, 2)),
  ReduceMax: reductions("ReduceMax", apart),
  ReduceMean: join(reductions("ReduceMean", between(-1, 1)), withNoAxes("ReduceMean")),
  ReduceProd: join(reductions("ReduceProd", between(0.6, 1.4)), drawn.productsWithZeros),
  ReduceSum: join(reductions("ReduceSum", between(-1, 1)), withNoAxes("ReduceSum")),
  ReduceSumSquare: reductions("ReduceSumSquare", between(-1, 1)),
  HardSigmoid: join(
    unary((build, x) => build.hardSigmoid(x), apart),
    // slope 2, so that it bends at -0.5 and 0: below, between and above
    unary((build, x) => build.hardSigmoid(x, { alpha: 2, beta: 1 }), between(-0.9, -0.6)),
    unary((build, x) => build.hardSigmoid(x, { alpha: 2, beta: 1 }), between(-0.4, -0.1)),
    unary((build, x) => build.hardSigmoid(x, { alpha: 2, beta: 1 }), between(0.1, 0.9)),
  ),
  HardSwish: join(
    unary((build, x) => build.hardSwish(x), between(-2.5, 2.5)),
    unary((build, x) => build.hardSwish(x), between(-5, -3.5)),
    unary((build, x) => build.hardSwish(x), between(3.5, 5)),
  ),
  LeakyRelu: join(
    unary((build, x) => build.node("LeakyRelu", [x]), apart),
    unary((build, x) => build.node("LeakyRelu", [x], { attributes: { alpha: attribute.float(0.4) } }), apart),
  ),
  PRelu: (random) =>
    (
      [
        [[2, 3], [3]],
        [[2, 3], []],
        [
          [2, 3, 2],
          [3, 1],
        ],
      ] as const
    ).map(([shape, slopes]) => ({
      label: `[${shape}] by slopes [${slopes}]`,
      inputs: [random.apart(shape), random.tensor(slopes)],
      output: (build, [x, slope]) => build.node("PRelu", [x, slope]),
    })),
  ReduceL2: reductions("ReduceL2", between(0.2, 1)),
  ReduceMin: reductions("ReduceMin", apart),
  Sin: unary((build, x) => build.sin(x), between(-3, 3)),
  Relu: unary((build, x) => build.relu(x), apart),
  Reshape: reshapes([
    [[2, 3], (build, x) => build.reshape(x, [3, 2])],
    [[2, 3], (build, x) => build.reshape(x, [0, -1, 1])],
    [[1], (build, x) => build.reshape(x, [])],
  ]),
  Resize: join(axes.resizes, sampling.interpolatedResizes, sampling.nearestResizes),
  RoiAlign: sampling.regionsOfInterest,
  ScatterElements: drawn.elementsScattered,
  ScatterND: drawn.slicesScattered,
  Selu: join(
    unary((build, x) => build.selu(x), apart),
    unary(
      (build, x) => build.node("Selu", [x], { attributes: { alpha: attribute.float(0.7), gamma: attribute.float(2) } }),
      apart,
    ),
  ),
  Sigmoid: unary((build, x) => build.sigmoid(x), between(-3, 3)),
  Slice: axes.slices,
  Softmax: axes.softmaxes("Softmax"),
  Softplus: unary((build, x) => build.softplus(x), between(-3, 3)),
  SpaceToDepth: sampling.spacesToDepth,
  Softsign: unary((build, x) => build.softsign(x), apart),
  Split: axes.splits,
  Sqrt: unary((build, x) => build.sqrt(x), between(1, 3)),
  Squeeze: reshapes([
    [[2, 1, 3], inAxes("Squeeze", [1])],
    [[1, 2, 1], inAxes("Squeeze", [-1])],
    [[1, 2, 1], inAxes("Squeeze")],
  ]),
  Sub: binary((build, a, b) => build.sub(a, b), between(-1, 1)),
  Sum: (random) => [
    single(random, "three, broadcast", [[2, 3], [3], [2, 1]], (build, inputs) => build.node("Sum", inputs)),
    single(random, "one", [[2]], (build, inputs) => build.node("Sum", inputs)),
  ],
  Swish: join(
    unary((build, x) => build.node("Swish", [x]), between(-3, 3)),
    unary((build, x) => build.node("Swish", [x], { attributes: { alpha: attribute.float(1.5) } }), between(-3, 3)),
  ),
  Tanh: unary((build, x) => build.tanh(x), between(-2, 2)),
  ThresholdedRelu: join(
    unary((build, x) => build.node("ThresholdedRelu", [x], { attributes: { alpha: attribute.float(0) } }), apart),
    unary((build, x) => build.node("ThresholdedRelu", [x]), between(-0.9, 0.9)),
    unary((build, x) => build.node("ThresholdedRelu", [x]), between(1.1, 2)),
  ),
  Tile: drawn.tiles,
  TopK: drawn.largest,
  Transpose: reshapes([
    [[2, 3], (build, x) => build.transpose(x, [1, 0])],
    [[2, 3, 4], (build, x) => build.transpose(x, [2, 0, 1])],
    [[2, 3, 2], (build, x) => build.node("Transpose", [x])],
  ]),
  Unsqueeze: reshapes([
    [[2, 3], inAxes("Unsqueeze", [1])],
    [[3], inAxes("Unsqueeze", [-1, 0])],
  ]),
  Where: binary(
    (build, a, b) =>
      build.where(
        build.constant({ dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }),
        oneColumn(build, a),
        oneColumn(build, b),
      ),
    between(-1, 1),
  ),
  "com.microsoft.QuickGelu": join(
    ...[1, undefined].map((alpha) =>
      unary(
        (build, x) =>
          build.node("QuickGelu", [x], {
            domain: "com.microsoft",
            attributes: alpha === undefined ? {} : { alpha: attribute.float(alpha) },
          }),
        between(-3, 3),
      ),
    ),
  ),
  "fovea.AveragePool": join(poolCases("AveragePool", "fovea", "CHWN"), drawnPools("AveragePool", 2, "fovea", "CHWN")),
  "fovea.BatchNormalization": join(axes.normalizations("NCHW"), axes.normalizations("CHWN")),
  "fovea.Conv": join(
    convolutionCases("fovea", "NCHW"),
    convolutionCases("fovea", "CHWN"),
    drawnConvolutions(2, "fovea", "NCHW"),
    drawnConvolutions(2, "fovea", "CHWN"),
    drawnConvolutions(3, "fovea", "NCHW"),
  ),
  "fovea.MaxPool": join(poolCases("MaxPool", "fovea", "CHWN"), drawnPools("MaxPool", 2, "fovea", "CHWN")),
} satisfies Record<keyof typeof gradientRules, Family>;

/** Version of ONNX for operators that came after the one that this package writes. */
export const caseOpsets: Readonly<Record<string, number>> = { Swish: 24 };

/** Any value with an axis of extent 1 at the end, along which a condition of two elements broadcasts. */
const oneColumn = (build: Build, x: Value): Value => build.reshape(x, [...(x.shape as number[]), 1]);
