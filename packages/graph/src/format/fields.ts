/**
 * Field numbers of the ONNX protobuf messages. Source: onnx/onnx.proto of the ONNX project; they never change.
 * Only fields that are read, written or refused with a clear error are listed; readers skip the others.
 */
export const modelFields = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  domain: 4,
  modelVersion: 5,
  docString: 6,
  graph: 7,
  opsetImport: 8,
  metadataProps: 14,
  trainingInfo: 20,
  functions: 25,
} as const;

/** GraphProto. */
export const graphFields = { node: 1, name: 2, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const;

/** NodeProto. */
export const nodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;

/** AttributeProto. */
export const attributeFields = {
  name: 1,
  f: 2,
  i: 3,
  s: 4,
  t: 5,
  g: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  type: 20,
  refAttrName: 21,
} as const;

/** TensorProto. */
export const tensorFields = {
  dims: 1,
  dataType: 2,
  segment: 3,
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const;

/** ValueInfoProto. */
export const valueInfoFields = { name: 1, type: 2 } as const;

/** TypeProto. */
export const typeFields = {
  tensor: 1,
  sequence: 4,
  map: 5,
  opaque: 7,
  sparseTensor: 8,
  optional: 9,
} as const;

/** TypeProto.Tensor. */
export const tensorTypeFields = { elementType: 1, shape: 2 } as const;

/** TensorShapeProto. */
export const shapeFields = { dimension: 1 } as const;

/** TensorShapeProto.Dimension. */
export const dimensionFields = { value: 1, parameter: 2 } as const;

/** OperatorSetIdProto. */
export const opsetFields = { domain: 1, version: 2 } as const;

/** StringStringEntryProto. */
export const entryFields = { key: 1, value: 2 } as const;

/** FunctionProto. */
export const functionFields = {
  name: 1,
  input: 4,
  output: 5,
  attribute: 6,
  node: 7,
  opsetImport: 9,
  domain: 10,
  attributeProto: 11,
  overload: 13,
} as const;

/** AttributeProto.AttributeType of the attributes that a graph can hold. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** Names of all AttributeProto.AttributeType values, by number, for error messages. */
export const attributeTypeNames: readonly string[] = [
  "undefined",
  "float",
  "int",
  "string",
  "tensor",
  "graph",
  "floats",
  "ints",
  "strings",
  "tensors",
  "graphs",
  "sparse tensor",
  "sparse tensors",
  "type",
  "types",
];

/** Names of all TensorProto.DataType values, by number, for error messages. */
export const dataTypeNames: readonly string[] = [
  "undefined",
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "uint4",
  "int4",
  "float4e2m1",
  "float8e8m0",
  "uint2",
  "int2",
];

/** TensorProto.DataLocation: 0 is inside the model, 1 in a file beside it. */
export const EXTERNAL_LOCATION = 1;

/**
 * The oldest IR version that may carry an ONNX opset, as [first opset, IR version], newest first.
 * Source: the table in docs/Versioning.md of the ONNX project. Below opset 19 the IR is 8.
 */
const irVersions = [
  [25, 13],
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
] as const;

/** IR version to write for a model of this ONNX opset; at least 8, so that initializers need not be inputs. */
export const irVersionOf = (opset: number): number => irVersions.find(([first]) => opset >= first)?.[1] ?? 8;

/** Graphs inside one another: deeper than any real control flow, and shallow enough that no file exhausts the stack. */
export const MAX_GRAPH_DEPTH = 32;
