import type { GraphBuilder, Value } from "../ir/builder.ts";
import { broadcastShapes } from "../ir/shapes.ts";
import type { DataType } from "../ir/types.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

const broadcast =
  (dtype?: DataType): InferenceRule =>
  ({ node, input }) => {
    const [a, b] = [input(0), input(1)];
    if (a.dtype !== b.dtype) throw mismatch(node, `two inputs of one type`, `${a.dtype} and ${b.dtype}`);
    return [{ dtype: dtype ?? a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
  };

/** Elementwise operators of two inputs with multidirectional broadcasting. */
export const binaryInference = {
  Add: broadcast(),
  Sub: broadcast(),
  Mul: broadcast(),
  Div: broadcast(),
  And: broadcast("bool"),
  Or: broadcast("bool"),
  Equal: broadcast("bool"),
  Greater: broadcast("bool"),
  GreaterOrEqual: broadcast("bool"),
  Less: broadcast("bool"),
  LessOrEqual: broadcast("bool"),
  Pow: (({ input }) => [{ dtype: input(0).dtype, shape: broadcastShapes(input(0).shape, input(1).shape) }]) as InferenceRule,
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

const binary = (op: keyof typeof binaryInference) => (build: GraphBuilder, a: Operand, b: Operand): Value =>
  build.node(op, [operand(build, a), operand(build, b)]);

const operand = (build: GraphBuilder, value: Operand): Value => (typeof value === "number" ? build.scalar(value) : value);

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
