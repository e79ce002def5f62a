import assert from "node:assert/strict";
import { test } from "node:test";
import {
  batchInnermost,
  elementsOf,
  lower,
  type Plain,
  readFixture,
  relativeError,
  runGraph,
  targetsHere,
  tensorOf,
  toInnermost,
  toOutermost,
} from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { gradient } from "./gradient.ts";

/** PyTorch 1.13 in double precision: fixtures/make_gradients.py. */
interface Reference {
  readonly label: string;
  readonly op: keyof typeof forwards;
  readonly options: Options;
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly output: Plain;
  readonly gradients: Readonly<Record<string, Plain>>;
  /** Error of PyTorch's own single precision, as a share of the largest element. */
  readonly float32_error: Readonly<Record<string, number>>;
}

type Options = Readonly<Record<string, never>> & {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
  readonly kernel: readonly number[];
  readonly ceil: boolean;
  readonly include: boolean;
  readonly beta: number;
};

const windowOf = ({ kernel, strides, pads, ceil, include }: Options) => ({
  kernel_shape: attribute.ints(kernel),
  strides: attribute.ints(strides),
  pads: attribute.ints([...pads, ...pads]),
  ceil_mode: attribute.int(Number(ceil)),
  ...(include ? { count_include_pad: attribute.int(1) } : {}),
});

const forwards = {
  conv: (build: Build, { x, w, b }: Inputs, { strides, pads, dilations, group }: Options) =>
    build.conv(x, w, b, { strides, pads: [...pads, ...pads], dilations, group }),
  batch_norm: (build: Build, { x, scale, bias }: Inputs) => build.trainingNormalization(x, scale, bias, {})[0],
  cross_entropy: (build: Build, { x, t }: Inputs) =>
    build.neg(
      build.reduceMean(build.reduceSum(build.mul(t, build.logSoftmax(x, { axis: 1 })), { axes: [1] }), {
        keepDims: false,
      }),
    ),
  smooth_l1: (build: Build, { x, t }: Inputs, { beta }: Options) => {
    const distance = build.abs(build.sub(x, t));
    const near = build.mul(build.mul(distance, distance), 0.5 / beta);
    return build.reduceMean(build.where(build.less(distance, beta), near, build.sub(distance, 0.5 * beta)), {
      keepDims: false,
    });
  },
  max_pool: (build: Build, { x }: Inputs, options: Options) =>
    build.node("MaxPool", [x], { attributes: windowOf(options) }),
  average_pool: (build: Build, { x }: Inputs, options: Options) =>
    build.node("AveragePool", [x], { attributes: windowOf(options) }),
};

type Inputs = Readonly<Record<"x" | "t" | "w" | "b" | "scale" | "bias", Value>>;

const references = readFixture("gradients.json") as readonly Reference[];

const name = (index: number, input: string): string => `${index}/${input}`;

/** All cases in one graph, whose loss is the sum of all weighted outputs. */
function modelOf(): Graph {
  const build = createBuilder();
  const sums = references.map(({ op, options, inputs, output }, index) => {
    const values = Object.fromEntries(
      Object.entries(inputs).map(([input, { shape }]) => [input, build.input(name(index, input), shape)]),
    );
    const y = forwards[op](build, values as unknown as Inputs, options);
    assert.deepEqual(y.shape, output.shape);
    build.output(y, name(index, "output"));
    return build.reshape(build.reduceSum(build.mul(y, values.weight!)), [1]);
  });
  build.output(
    sums.reduce((total, sum) => build.add(total, sum)),
    "loss",
  );
  return build.build();
}

const parameters = references.flatMap(({ gradients }, index) =>
  Object.keys(gradients).map((input) => name(index, input)),
);
const feeds = Object.fromEntries(
  references.flatMap(({ inputs }, index) =>
    Object.entries(inputs).map(([input, plain]) => [name(index, input), tensorOf(plain)]),
  ),
);

/** Inputs that hold the batch on axis 0. */
const batchInputs = references.flatMap(({ inputs }, index) =>
  Object.keys(inputs)
    .filter((input) => ["x", "t"].includes(input) || (input === "weight" && inputs.weight!.shape.length > 1))
    .map((input) => name(index, input)),
);

function permuted({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  const to = order.map((axis) => shape[axis]!);
  const result = Float32Array.from({ length: (data as Float32Array).length }, (_, index) => {
    let rest = index;
    let from = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += (rest % to[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / to[axis]!);
    }
    return (data as Float32Array)[from]!;
  });
  return { dtype: "float32", shape: to, data: result };
}

/**
 * Sums run in another order than PyTorch's, with about as much rounding: eight times the error of its own single precision is allowed,
 * and at least a few units of the last place. A normalisation far from zero loses digits where the faster of two formulas is used
 * (sum dy x - mean sum dy): the square of mean over deviation, here 30 / 1.2, times 6e-8.
 */
const tolerance = ({ label, float32_error }: Reference, value: string, isDifference: boolean): number =>
  Math.max(8 * float32_error[value]!, isDifference && label.startsWith("mean far") ? 4e-5 : 2e-6);

const targets = await targetsHere();

for (const [targetName, target] of Object.entries(targets)) {
  for (const layout of ["onnx", "batch innermost"] as const) {
    test(`outputs and gradients equal PyTorch's in double precision: ${targetName} target, ${layout} layout`, async () => {
      const isMoved = layout === "batch innermost";
      const model = isMoved ? batchInnermost(modelOf(), batchInputs) : modelOf();
      const moved = (input: string, tensor: Tensor, order: (rank: number) => number[]) =>
        isMoved && batchInputs.includes(input) ? permuted(tensor, order(tensor.shape.length)) : tensor;
      const fed = Object.fromEntries(
        Object.entries(feeds).map(([input, tensor]) => [input, moved(input, tensor, toInnermost)]),
      );
      const results = await runGraph(lower(gradient(model, { loss: "loss", parameters }), target), fed);
      references.forEach((reference, index) => {
        const { label, op, output, gradients } = reference;
        const expected = { output, ...gradients };
        for (const [value, plain] of Object.entries(expected)) {
          const key = name(index, value);
          const received = value === "output" ? results[key]! : moved(key, results[`gradient/${key}`]!, toOutermost);
          assert.deepEqual(received.shape, plain.shape, `${op}, ${label}: shape of ${value}`);
          const error = relativeError(elementsOf(received), plain.data);
          const limit = tolerance(reference, value, targetName === "probed");
          assert.ok(error <= limit, `${op}, ${label}: ${value} is off by ${error}, allowed ${limit}`);
        }
      });
    });
  }
}

test("the permutation of this test is right", () => {
  const matrix: Tensor = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  assert.deepEqual([...elementsOf(permuted(matrix, [1, 0]))], [1, 4, 2, 5, 3, 6]);
});
