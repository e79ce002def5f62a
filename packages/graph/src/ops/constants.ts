import type { InferredType } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { allocate, filled, float32, int64, numbersOf } from "../ir/tensors.ts";
import type { DataType, Shape, Tensor } from "../ir/types.ts";
import { type InferenceContext, type InferenceRule, mismatch } from "./rule.ts";

/** Most elements that are computed ahead: shapes, axes and indices, never weights. */
const LARGEST = 1024;

/** A type with the elements that follow from constants, if any. */
export const known = (dtype: DataType, shape: Shape, constant: Tensor | undefined): InferredType =>
  constant && sizeOf(constant.shape) <= LARGEST ? { dtype, shape, constant } : { dtype, shape };

/** The elements of a tensor in another shape. */
export const reshaped = (tensor: Tensor | undefined, shape: Shape): Tensor | undefined =>
  tensor && { ...tensor, shape: shape as readonly number[] };

/** Numbers as a tensor of a type that shapes are computed in; undefined for another type. */
export function tensorOfNumbers(dtype: DataType, numbers: readonly number[], shape: Shape): Tensor | undefined {
  if (numbers.some((number) => !Number.isFinite(number))) return undefined;
  if (dtype === "int64") return int64(numbers.map(Math.trunc), shape as readonly number[]);
  if (dtype === "float32") return float32(shape as readonly number[], numbers);
  if (dtype !== "int32") return undefined;
  return { dtype, shape: shape as readonly number[], data: Int32Array.from(numbers) };
}

/** Constant: a tensor, a number or a list in an attribute. */
export const constantInference: InferenceRule = ({ node }) => {
  const tensor = attributeTensor(node);
  if (!tensor)
    throw mismatch(
      node,
      "an attribute value, value_int(s) or value_float(s)",
      Object.keys(node.attributes).join(", ") || "none",
    );
  return [known(tensor.dtype, tensor.shape, tensor)];
};

function attributeTensor({
  attributes: { value, value_int, value_ints, value_float, value_floats },
}: InferenceContext["node"]): Tensor | undefined {
  if (value?.type === "tensor") return value.value;
  if (value_int?.type === "int") return int64([value_int.value], []);
  if (value_ints?.type === "ints") return int64(value_ints.value);
  if (value_float?.type === "float") return filled([], value_float.value);
  return value_floats?.type === "floats" ? float32([value_floats.value.length], value_floats.value) : undefined;
}

/** ConstantOfShape: a constant shape filled with one element, a float32 zero unless told. */
export const constantOfShapeInference: InferenceRule = ({ node, attributes, constant }) => {
  const target = constant(0);
  if (!target) throw mismatch(node, "a constant shape", "one that is computed");
  const shape = numbersOf(target);
  const value = attributes.tensor("value") ?? filled([1], 0);
  const small = sizeOf(shape) <= LARGEST && value.dtype !== "string";
  return [known(value.dtype, shape, small ? repeated(value, shape) : undefined)];
};

function repeated(value: Tensor, shape: readonly number[]): Tensor {
  const data = allocate(value.dtype as Exclude<DataType, "string">, sizeOf(shape)) as Float32Array;
  return { dtype: value.dtype, shape, data: data.fill((value.data as Float32Array)[0]!) };
}

/** Shape, or a part of it: constant where all its extents are numbers. */
export const shapeInference: InferenceRule = ({ input, attributes }) => {
  const part = input(0).shape.slice(
    attributes.int("start", 0),
    attributes.has("end") ? attributes.int("end", 0) : undefined,
  );
  const isFixed = part.every((extent) => typeof extent === "number");
  return [known("int64", [part.length], isFixed ? int64(part as number[]) : undefined)];
};
