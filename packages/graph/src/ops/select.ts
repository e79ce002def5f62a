import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import { broadcastShapes } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { DataType } from "../ir/types.ts";
import { known, tensorOfNumbers } from "./constants.ts";
import { type InferenceRule, mismatch, sameAsFirst } from "./rule.ts";

export const castInference: InferenceRule = ({ node, input, attributes, constant }) => {
  const to = attributes.int("to", 0);
  const dtype = (Object.keys(dataTypeNumbers) as DataType[]).find((name) => dataTypeNumbers[name] === to);
  if (!dtype) throw mismatch(node, "a known element type in `to`", String(to));
  const tensor = constant(0);
  const numbers =
    tensor && tensor.dtype !== "string" ? tensorOfNumbers(dtype, numbersOf(tensor), tensor.shape) : undefined;
  return [known(dtype, input(0).shape, numbers)];
};

/** x with its elements as another type. */
export const cast = (build: GraphBuilder, x: Value, to: DataType): Value =>
  build.node("Cast", [x], { attributes: { to: attribute.int(dataTypeNumbers[to]) } });

export const whereInference: InferenceRule = ({ input }) => [
  { dtype: input(1).dtype, shape: broadcastShapes(input(0).shape, broadcastShapes(input(1).shape, input(2).shape)) },
];

/** `yes` where the condition (bool) is true, else `no`; all three broadcast. */
export const where = (build: GraphBuilder, condition: Value, yes: Value, no: Value): Value =>
  build.node("Where", [condition, yes, no]);

export const clipInference = sameAsFirst;

/** y = x where x > 0, else slope * x; the slope broadcasts to x. */
export const preluInference = sameAsFirst;

/** y and, where it is asked for, the mask of what is kept. */
export const dropoutInference: InferenceRule = ({ node, input }) =>
  node.outputs.map((_, index) => ({ dtype: index === 0 ? input(0).dtype : "bool", shape: input(0).shape }));

/** Elements below `low` become `low`, above `high` become `high`. */
export const clip = (build: GraphBuilder, x: Value, low: number, high: number): Value =>
  build.node("Clip", [x, build.scalar(low), build.scalar(high)]);
