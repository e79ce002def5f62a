import type { GraphBuilder, Value } from "../ir/builder.ts";
import { broadcastShapes, sizeOf } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { DataType, Shape, TensorType } from "../ir/types.ts";
import { known, tensorOfNumbers } from "./constants.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

const broadcast =
  (dtype?: DataType): InferenceRule =>
  ({ node, input }) => {
    const [a, b] = [input(0), input(1)];
    if (a.dtype !== b.dtype) throw mismatch(node, `two inputs of one type`, `${a.dtype} and ${b.dtype}`);
    return [{ dtype: dtype ?? a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
  };

/** Arithmetic, which exported models also do with extents. */
const arithmetic =
  (compute: (a: number, b: number) => number): InferenceRule =>
  (context) => {
    const [{ dtype, shape }] = broadcast()(context) as [TensorType & { shape: Shape }];
    const [a, b] = [context.constant(0), context.constant(1)];
    if (!a || !b || dtype !== "int64" || shape.length > 1) return [{ dtype, shape }];
    const [left, right] = [numbersOf(a), numbersOf(b)];
    const numbers = Array.from({ length: sizeOf(shape as number[]) }, (_, index) =>
      compute(left[left.length === 1 ? 0 : index]!, right[right.length === 1 ? 0 : index]!),
    );
    return [known(dtype, shape, tensorOfNumbers(dtype, numbers, shape))];
  };

/** Elementwise operators of two inputs with multidirectional broadcasting. */
export const binaryInference = {
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => Math.trunc(a / b)),
  And: broadcast("bool"),
  Or: broadcast("bool"),
  Equal: broadcast("bool"),
  Greater: broadcast("bool"),
  GreaterOrEqual: broadcast("bool"),
  Less: broadcast("bool"),
  LessOrEqual: broadcast("bool"),
  Pow: (({ input }) => [
    { dtype: input(0).dtype, shape: broadcastShapes(input(0).shape, input(1).shape) },
  ]) as InferenceRule,
  Min: (({ inputs, input }) => [variadic(inputs, input(0))]) as InferenceRule,
  Max: (({ inputs, input }) => [variadic(inputs, input(0))]) as InferenceRule,
  Sum: (({ inputs, input }) => [variadic(inputs, input(0))]) as InferenceRule,
} as const;

const variadic = (inputs: readonly (Value | undefined)[], first: Value) => ({
  dtype: first.dtype,
  shape: inputs.reduce((shape, value) => (value ? broadcastShapes(shape, value.shape) : shape), first.shape),
});

/** A number stands for a float32 scalar. */
export type Operand = Value | number;

const binary =
  (op: keyof typeof binaryInference) =>
  (build: GraphBuilder, a: Operand, b: Operand): Value =>
    build.node(op, [operand(build, a), operand(build, b)]);

const operand = (build: GraphBuilder, value: Operand): Value =>
  typeof value === "number" ? build.scalar(value) : value;

export const add = binary("Add");
export const sub = binary("Sub");
export const mul = binary("Mul");
export const div = binary("Div");
export const pow = binary("Pow");
export const min = binary("Min");
export const max = binary("Max");
export const equal = binary("Equal");
export const greater = binary("Greater");
export const greaterOrEqual = binary("GreaterOrEqual");
export const less = binary("Less");
export const lessOrEqual = binary("LessOrEqual");
export const and = binary("And");
export const or = binary("Or");
