import assert from "node:assert/strict";
import { test } from "node:test";
import {
  elementsOf,
  lower,
  type Plain,
  readFixture,
  relativeError,
  runGraph,
  targetsHere,
  tensorOf,
} from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { int64 } from "../ir/tensors.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { gradient } from "./gradient.ts";

/** PyTorch 1.13 in double precision: fixtures/make_operator_gradients.py. */
interface Reference {
  readonly op: keyof typeof forwards;
  readonly options: Options;
  readonly inputs: readonly Plain[];
  readonly weight: Plain;
  readonly output: Plain;
  readonly gradients: readonly Plain[];
  /** Error of PyTorch's own single precision for the output and each gradient, as a share of the largest element. */
  readonly float32_error: readonly number[];
}

interface Options {
  readonly equation: string;
  readonly axis: number;
  readonly groups: number;
  readonly k: number;
  readonly largest: boolean;
  readonly exclusive: boolean;
  readonly reverse: boolean;
  readonly repeats: readonly number[];
  readonly alpha: number;
  readonly approximate: "none" | "tanh";
  readonly indices: Plain;
  readonly reduction: "none" | "add";
  readonly bidirectional: boolean;
}

type Forward = (build: Build, inputs: readonly Value[], options: Options) => Value;

const indicesOf = (build: Build, { indices }: Options): Value => build.constant(int64(indices.data, indices.shape));

const reduction =
  (op: string): Forward =>
  (build, [x], { axis }) =>
    build.node(op, [x, build.integers([axis])], { attributes: { keepdims: attribute.int(0) } });

const withAlpha =
  (op: string): Forward =>
  (build, [x], { alpha }) =>
    build.node(op, [x], { attributes: { alpha: attribute.float(alpha) } });

/** All outputs of a recurrent operator in one list of numbers. */
const joined = (build: Build, values: readonly Value[]): Value =>
  build.concat(
    values.map((value) => build.reshape(value, [sizeOf(value.shape as number[])])),
    { axis: 0 },
  );

const directionOf = ({ bidirectional }: Options) => ({
  direction: bidirectional ? ("bidirectional" as const) : ("forward" as const),
});

const forwards = {
  matMul: (build, [a, b]) => build.matMul(a!, b!),
  einsum: (build, inputs, { equation }) => build.einsum(equation, inputs),
  layerNormalization: (build, [x, scale, bias], { axis }) => build.layerNormalization(x!, scale!, bias, { axis }),
  groupNormalization: (build, [x, scale, bias], { groups }) => build.groupNormalization(x!, scale!, bias!, { groups }),
  instanceNormalization: (build, [x, scale, bias]) => build.instanceNormalization(x!, scale!, bias!),
  gelu: (build, [x], { approximate }) => build.gelu(x!, { approximate }),
  swish: (build, [x]) => build.swish(x!),
  mish: (build, [x]) => build.mish(x!),
  softsign: (build, [x]) => build.softsign(x!),
  selu: (build, [x]) => build.selu(x!),
  celu: withAlpha("Celu"),
  thresholdedRelu: withAlpha("ThresholdedRelu"),
  reduceLogSumExp: reduction("ReduceLogSumExp"),
  reduceLogSum: reduction("ReduceLogSum"),
  reduceL1: reduction("ReduceL1"),
  reduceProd: reduction("ReduceProd"),
  cumSum: (build, [x], options) => build.cumSum(x!, options),
  tile: (build, [x], { repeats }) => build.tile(x!, repeats),
  topK: (build, [x], options) => build.topK(x!, options.k, options)[0],
  gatherElements: (build, [x], options) => build.gatherElements(x!, indicesOf(build, options), options),
  scatterElements: (build, [x, updates], options) =>
    build.scatterElements(x!, indicesOf(build, options), updates!, options),
  gatherND: (build, [x], options) => build.gatherND(x!, indicesOf(build, options)),
  scatterND: (build, [x, updates], options) => build.scatterND(x!, indicesOf(build, options), updates!, options),
  max: (build, inputs) => build.node("Max", inputs),
  lstm: (build, [x, w, r, b, initialHidden, initialCell], options) =>
    joined(
      build,
      build.lstm(
        x!,
        { w: w!, r: r!, b: b!, initialHidden: initialHidden!, initialCell: initialCell! },
        directionOf(options),
      ),
    ),
  gru: (build, [x, w, r, b, initialHidden], options) =>
    joined(
      build,
      build.gru(
        x!,
        { w: w!, r: r!, b: b!, initialHidden: initialHidden! },
        { ...directionOf(options), linearBeforeReset: true },
      ),
    ),
} satisfies Record<string, Forward>;

const references = readFixture("operator_gradients.json") as readonly Reference[];

/** Eight times the rounding of PyTorch's single precision, which sums in another order; at least some units of the last place. */
const toleranceOf = (error: number): number => Math.max(8 * error, 2e-6);

const targets = await targetsHere();

for (const [name, target] of Object.entries(targets)) {
  test(`operators and their gradients equal PyTorch's in double precision: ${name} target`, async () => {
    for (const { op, options, inputs, weight, output, gradients, float32_error } of references) {
      const build = createBuilder();
      const names = inputs.map((_, index) => `x${index}`);
      const values = inputs.map(({ shape }, index) => build.input(names[index]!, shape));
      const y = build.output((forwards[op] as Forward)(build, values, options), "y");
      build.output(build.reduceSum(build.mul(y, build.constant(tensorOf(weight))), { keepDims: false }), "loss");
      const graph = lower(gradient(build.build(), { loss: "loss", parameters: names }), target);
      const results = await runGraph(
        graph,
        Object.fromEntries(inputs.map((plain, index) => [names[index]!, tensorOf(plain)])),
      );
      [output, ...gradients].forEach((expected, index) => {
        const received = results[index === 0 ? "y" : `gradient/x${index - 1}`]!;
        const where = `${op} ${JSON.stringify(options)}: ${index === 0 ? "output" : `gradient by input ${index - 1}`}`;
        assert.deepEqual(received.shape, expected.shape, where);
        const error = relativeError(elementsOf(received), expected.data);
        const limit = toleranceOf(float32_error[index]!);
        assert.ok(error <= limit, `${where} is off by ${error}, allowed ${limit}`);
      });
    }
  });
}
