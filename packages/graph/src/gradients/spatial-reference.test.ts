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
import { int64 } from "../ir/tensors.ts";
import type { Attribute, Attributes, Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { gradient } from "./gradient.ts";

type Constant = Plain & { readonly dtype: "float32" | "int64" };

/** PyTorch 1.13 in double precision: fixtures/make_spatial_gradients.py. */
interface Reference {
  readonly label: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;
  /** The first operands, by which the node is differentiated. */
  readonly inputs: readonly Plain[];
  /** Operands behind them; null for one that is left out. */
  readonly constants: readonly (Constant | null)[];
  readonly weight: Plain;
  readonly output: Plain;
  readonly gradients: readonly Plain[];
  /** Error of PyTorch's own single precision for the output and each gradient, as a share of the largest element. */
  readonly float32_error: readonly number[];
}

const references = readFixture("spatial_gradients.json") as readonly Reference[];

function attributeOf(value: Reference["attributes"][string]): Attribute {
  if (typeof value === "string") return attribute.string(value);
  if (typeof value === "number") return attribute.int(value);
  return "float" in value ? attribute.float(value.float) : attribute.ints(value);
}

const attributesOf = (attributes: Reference["attributes"]): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]));

const constantOf = ({ dtype, shape, data }: Constant): Tensor =>
  dtype === "int64" ? int64(data, shape) : tensorOf({ shape, data });

const inputName = (index: number, input: number): string => `${index}/input${input}`;

const feeds = Object.fromEntries(
  references.flatMap(({ inputs }, index) => inputs.map((plain, input) => [inputName(index, input), tensorOf(plain)])),
);

/** All references in one graph, whose loss is the sum of all weighted outputs. */
function modelOf() {
  const build = createBuilder();
  const sums = references.map(({ op, label, attributes, inputs, constants, weight, output }, index) => {
    const values = inputs.map(({ shape }, input) => build.input(inputName(index, input), shape));
    const others = constants.map((constant) => (constant ? build.constant(constantOf(constant)) : undefined));
    const y = build.node(op, [...values, ...others], { attributes: attributesOf(attributes) });
    assert.deepEqual(y.shape, output.shape, `${op}, ${label}`);
    build.output(y, `${index}/output`);
    return build.reshape(build.reduceSum(build.mul(y, build.constant(tensorOf(weight)))), [1]);
  });
  build.output(
    sums.reduce((total, sum) => build.add(total, sum)),
    "loss",
  );
  return build.build();
}

/**
 * Sums run in another order than PyTorch's, with about as much rounding: eight times the error of its own single precision is allowed,
 * and at least some units of the last place of the largest element.
 */
const tolerance = ({ float32_error }: Reference, value: number): number => Math.max(8 * float32_error[value]!, 2e-6);

for (const [targetName, target] of Object.entries(await targetsHere())) {
  test(`outputs and gradients over space equal PyTorch's in double precision: ${targetName} target`, async () => {
    const model = gradient(modelOf(), { loss: "loss", parameters: Object.keys(feeds) });
    const results = await runGraph(lower(model, target), feeds);
    references.forEach((reference, index) => {
      const { label, op, output, gradients } = reference;
      const received = [
        results[`${index}/output`]!,
        ...gradients.map((_, input) => results[`gradient/${inputName(index, input)}`]!),
      ];
      [output, ...gradients].forEach((plain, value) => {
        const where = `${op}, ${label}, ${value === 0 ? "output" : `gradient by input ${value - 1}`}`;
        assert.deepEqual(received[value]!.shape, plain.shape, where);
        const error = relativeError(elementsOf(received[value]!), plain.data);
        assert.ok(
          error <= tolerance(reference, value),
          `${where}: off by ${error}, allowed ${tolerance(reference, value)}`,
        );
      });
    });
  });
}
