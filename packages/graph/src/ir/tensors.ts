import { sizeOf } from "./shapes.ts";
import type { DataType, Tensor, TensorData } from "./types.ts";

/** A float32 tensor; without data it is filled with zeros. */
export const float32 = (shape: readonly number[], data?: ArrayLike<number>): Tensor => ({
  dtype: "float32",
  shape,
  data: data === undefined ? new Float32Array(sizeOf(shape)) : Float32Array.from(data),
});

/** Largest and smallest int64: a "to the end" of a Slice, read as a number, is one above the largest. */
const INT64 = { largest: 2n ** 63n - 1n, smallest: -(2n ** 63n) };

const toInt64 = (value: number): bigint => {
  const whole = BigInt(value);
  return whole > INT64.largest ? INT64.largest : whole < INT64.smallest ? INT64.smallest : whole;
};

/** An int64 tensor; a bare list is one-dimensional. Numbers beyond the type's range become its ends. */
export const int64 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor => ({
  dtype: "int64",
  shape,
  data: BigInt64Array.from(values, toInt64),
});

/** A float32 tensor of one value everywhere. */
export const filled = (shape: readonly number[], value: number): Tensor => ({
  dtype: "float32",
  shape,
  data: new Float32Array(sizeOf(shape)).fill(value),
});

/** Elements as plain numbers, whatever numeric type holds them (float16 and bfloat16 excepted). */
export const numbersOf = (tensor: Tensor): number[] => Array.from(tensor.data as ArrayLike<number | bigint>, Number);

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

export type NumericDataType = keyof typeof arrays;

/** The typed array class that holds elements of this type. */
export const arrayTypeOf = (dtype: Exclude<DataType, "string">) => arrays[dtype];

/** An array of `size` zeros of this type. */
export const allocate = (dtype: Exclude<DataType, "string">, size: number): Exclude<TensorData, readonly string[]> =>
  new arrays[dtype](size);
