/** Element types of ONNX tensors that Fovea reads and writes. */
export type DataType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"
  | "string";

/** The array that holds a tensor's elements; float16 and bfloat16 are raw bits, bool is one byte an element. */
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

/** Extent of an axis: a number, or a name that stands for the same number everywhere in a graph. */
export type Dimension = number | string;

/** Extents of all axes, the outermost first; a scalar has none. */
export type Shape = readonly Dimension[];

/** Type of a value in a graph; `shape` is undefined where even the rank is unknown. */
export interface TensorType {
  readonly dtype: DataType;
  readonly shape: Shape | undefined;
}

/** A concrete tensor, row-major. */
export interface Tensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Attribute of a node, tagged by its ONNX type. */
export type Attribute =
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Tensor }
  | { readonly type: "graph"; readonly value: Graph };

/** Attributes of a node by name; one that is left out has the default of the operator's version. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operation. An input or output that is left out is the empty string, as in ONNX. */
export interface Node {
  readonly name: string;
  /** "" is ONNX itself; others: com.microsoft, com.microsoft.nchwc, fovea (ours, lowered before a session sees them). */
  readonly domain: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A named input or output of a graph. */
export interface ValueInfo extends TensorType {
  readonly name: string;
}

/**
 * An ONNX model as an immutable value. Nodes stand in topological order; initializers are the constants and weights.
 * `opsets` maps a domain to its version, `metadata` is the model's metadata_props.
 */
export interface Graph {
  readonly name: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Domain of the operators that exist only between the gradient and the lowering. */
export const FOVEA_DOMAIN = "fovea";
