import type { Tensor } from "@foveajs/operations";

type DataType = Tensor["dtype"];
type NumericArray = Exclude<Tensor["data"], readonly string[]>;

/** An element type of the Open Inference Protocol, and how ours calls it. */
export interface Datatype {
  readonly dtype: DataType;
  /** Bytes of an element; undefined where elements differ in length. */
  readonly bytes: number | undefined;
  /** What an element is in JSON; undefined where the protocol has none. */
  readonly json: "boolean" | "integer" | "number" | "string" | undefined;
  /** Range of an integer that JSON may carry. */
  readonly range?: readonly [number, number];
  readonly create?: (buffer: ArrayBuffer) => NumericArray;
}

const integer = (
  dtype: DataType,
  bits: number,
  signed: boolean,
  create: (buffer: ArrayBuffer) => NumericArray,
): Datatype => ({
  dtype,
  bytes: bits / 8,
  json: "integer",
  // JSON numbers are exact up to 2^53; larger ones go in binary
  range: [signed ? -(2 ** Math.min(bits - 1, 53)) : 0, 2 ** Math.min(signed ? bits - 1 : bits, 53) - 1],
  create,
});

/** By the protocol's name. Source: Open Inference Protocol, "Tensor Data Types", and the binary tensor data extension. */
export const datatypes: Readonly<Record<string, Datatype>> = {
  BOOL: { dtype: "bool", bytes: 1, json: "boolean", create: (buffer) => new Uint8Array(buffer) },
  UINT8: integer("uint8", 8, false, (buffer) => new Uint8Array(buffer)),
  UINT16: integer("uint16", 16, false, (buffer) => new Uint16Array(buffer)),
  UINT32: integer("uint32", 32, false, (buffer) => new Uint32Array(buffer)),
  UINT64: integer("uint64", 64, false, (buffer) => new BigUint64Array(buffer)),
  INT8: integer("int8", 8, true, (buffer) => new Int8Array(buffer)),
  INT16: integer("int16", 16, true, (buffer) => new Int16Array(buffer)),
  INT32: integer("int32", 32, true, (buffer) => new Int32Array(buffer)),
  INT64: integer("int64", 64, true, (buffer) => new BigInt64Array(buffer)),
  FP16: { dtype: "float16", bytes: 2, json: undefined, create: (buffer) => new Uint16Array(buffer) },
  BF16: { dtype: "bfloat16", bytes: 2, json: undefined, create: (buffer) => new Uint16Array(buffer) },
  FP32: { dtype: "float32", bytes: 4, json: "number", create: (buffer) => new Float32Array(buffer) },
  FP64: { dtype: "float64", bytes: 8, json: "number", create: (buffer) => new Float64Array(buffer) },
  BYTES: { dtype: "string", bytes: undefined, json: "string" },
};

const names = new Map(Object.entries(datatypes).map(([name, { dtype }]) => [dtype, name]));

/** The protocol's name of an element type. */
export const datatypeOf = (dtype: DataType): string => names.get(dtype)!;
