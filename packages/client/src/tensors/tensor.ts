/** Row-major elements. Bits of float16 and bfloat16 stand in a Uint16Array, booleans as 0 and 1 in a Uint8Array. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[];

/** A tensor as the packages of Fovea have it: what `@foveajs/graph` and `@foveajs/vision` give can be sent as it is. */
export interface Tensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

type NumericArray = Exclude<TensorData, readonly string[]>;

interface Row {
  /** Name in the Open Inference Protocol. */
  readonly datatype: string;
  /** The array of its elements; undefined where elements are text. */
  readonly array: ArrayKind | undefined;
}

interface ArrayKind {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): NumericArray;
}

/** Element types. Source: Open Inference Protocol, "Tensor Data Types", and the binary tensor data extension for BF16. */
export const dataTypes = {
  float32: { datatype: "FP32", array: Float32Array },
  float64: { datatype: "FP64", array: Float64Array },
  float16: { datatype: "FP16", array: Uint16Array },
  bfloat16: { datatype: "BF16", array: Uint16Array },
  int8: { datatype: "INT8", array: Int8Array },
  int16: { datatype: "INT16", array: Int16Array },
  int32: { datatype: "INT32", array: Int32Array },
  int64: { datatype: "INT64", array: BigInt64Array },
  uint8: { datatype: "UINT8", array: Uint8Array },
  uint16: { datatype: "UINT16", array: Uint16Array },
  uint32: { datatype: "UINT32", array: Uint32Array },
  uint64: { datatype: "UINT64", array: BigUint64Array },
  bool: { datatype: "BOOL", array: Uint8Array },
  string: { datatype: "BYTES", array: undefined },
} as const satisfies Readonly<Record<string, Row>>;

export type DataType = keyof typeof dataTypes;

/** What a type is sent as and held in. */
export const rowOf = (dtype: DataType): Row => dataTypes[dtype];

const byDatatype = new Map<string, DataType>(
  Object.entries(dataTypes).map(([dtype, { datatype }]) => [datatype, dtype as DataType]),
);

/** Our name of an element type of the protocol; undefined for one that there is not. */
export const dtypeOf = (datatype: string): DataType | undefined => byDatatype.get(datatype);

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);
