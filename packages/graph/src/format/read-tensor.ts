import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import { sizeOf } from "../ir/shapes.ts";
import { allocate, arrayTypeOf } from "../ir/tensors.ts";
import type { DataType, Tensor, TensorData } from "../ir/types.ts";
import { type ExternalFiles, readExternal } from "./external-data.ts";
import { dataTypeNames, EXTERNAL_LOCATION, entryFields, tensorFields } from "./fields.ts";
import {
  bytes,
  doubles,
  floats,
  int32s,
  int64s,
  integer,
  message,
  present,
  readFields,
  text,
  uint64s,
} from "./wire-reader.ts";

type NumericDataType = Exclude<DataType, "string">;

/** A list of numbers that grows as they arrive: no count in the file is trusted with an allocation. */
interface GrowingArray<Value> {
  readonly push: (value: Value) => void;
  readonly values: () => Exclude<TensorData, readonly string[]>;
}

const dataTypeOf = new Map(
  Object.entries(dataTypeNumbers).map(([name, number]) => [number as number, name as DataType]),
);

/** The element type of this number in the file, or an error that names it and `where` it stands. */
export function elementType(number: number, where: string): DataType {
  const dtype = dataTypeOf.get(number);
  if (dtype !== undefined) return dtype;
  throw errors["onnx-unsupported"]({
    where,
    feature: `the element type ${dataTypeNames[number] ?? number}`,
    remedy: `Convert the model to one of ${[...dataTypeOf.values()].join(", ")}.`,
  });
}

/** Reads a TensorProto up to `end`; the data are copied out of the file. `owner` names an unnamed tensor in errors. */
export function readTensor(
  reader: BinaryReader,
  end: number,
  { owner, external }: { owner: string; external: ExternalFiles },
): { name: string; tensor: Tensor } {
  let name = "";
  let dataType = 0;
  let location = 0;
  let hasSegment = false;
  let raw: Uint8Array | undefined;
  const shape: number[] = [];
  const strings: Uint8Array[] = [];
  const entries: Record<string, string> = {};
  const float = growingArray<number>("float32");
  const double = growingArray<number>("float64");
  const int32 = growingArray<number>("int32");
  const int64 = growingArray<bigint>("int64");
  const uint64 = growingArray<bigint>("uint64");
  readFields(reader, end, "a tensor", {
    [tensorFields.dims]: int64s((extent) => shape.push(Number(extent))),
    [tensorFields.dataType]: integer((value) => {
      dataType = value;
    }),
    [tensorFields.segment]: present(() => {
      hasSegment = true;
    }),
    [tensorFields.floatData]: floats(float.push),
    [tensorFields.int32Data]: int32s(int32.push),
    [tensorFields.stringData]: bytes((value) => strings.push(value)),
    [tensorFields.int64Data]: int64s(int64.push),
    [tensorFields.name]: text((value) => {
      name = value;
    }),
    [tensorFields.rawData]: bytes((value) => {
      raw = value;
    }),
    [tensorFields.doubleData]: doubles(double.push),
    [tensorFields.uint64Data]: uint64s(uint64.push),
    [tensorFields.externalData]: message((entryReader, entryEnd) => {
      const { key, value } = readEntry(entryReader, entryEnd);
      entries[key] = value;
    }),
    [tensorFields.dataLocation]: integer((value) => {
      location = value;
    }),
  });

  const where = `tensor "${name || owner}"`;
  if (hasSegment) {
    throw errors["onnx-unsupported"]({ where, feature: "segments", remedy: "Save the tensor in one piece." });
  }
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw errors["onnx-malformed"]({ where, problem: `has the extents [${shape.join(", ")}]` });
  }
  const dtype = elementType(dataType, where);
  const count = sizeOf(shape);
  if (location === EXTERNAL_LOCATION) {
    raw = readExternal(entries, { tensor: name || owner, byteLength: count * bytesPerElement(dtype), external });
  }
  if (dtype === "string") return { name, tensor: { dtype, shape, data: stringsOf(strings, count, where) } };
  const typed = { float, double, int32, int64, uint64 }[typedFields[dtype]];
  const data = raw === undefined ? convert(typed.values(), dtype) : fromRaw(raw, dtype, where);
  if (data.length !== count) throw wrongSize(where, count, data.length);
  return { name, tensor: { dtype, shape, data } };
}

/** A StringStringEntryProto. */
export function readEntry(reader: BinaryReader, end: number): { key: string; value: string } {
  let key = "";
  let value = "";
  readFields(reader, end, "an entry", {
    [entryFields.key]: text((received) => {
      key = received;
    }),
    [entryFields.value]: text((received) => {
      value = received;
    }),
  });
  return { key, value };
}

/** The field that holds the elements of a type where they are not raw bytes (comments in onnx.proto, TensorProto). */
const typedFields = {
  float32: "float",
  float64: "double",
  int64: "int64",
  uint32: "uint64",
  uint64: "uint64",
  int8: "int32",
  int16: "int32",
  int32: "int32",
  uint8: "int32",
  uint16: "int32",
  bool: "int32",
  float16: "int32",
  bfloat16: "int32", // bits, as uint16
} as const satisfies Record<NumericDataType, string>;

const bytesPerElement = (dtype: DataType): number => (dtype === "string" ? 0 : arrayTypeOf(dtype).BYTES_PER_ELEMENT);

function growingArray<Value extends number | bigint>(dtype: NumericDataType): GrowingArray<Value> {
  let array = allocate(dtype, 0);
  let size = 0;
  return {
    push(value) {
      if (size === array.length) {
        const larger = allocate(dtype, Math.max(8, size * 2));
        larger.set(array as never);
        array = larger;
      }
      array[size++] = value;
    },
    values: () => array.slice(0, size),
  };
}

/** Narrows elements to their own type: int32 to 8 and 16 bits, uint64 to uint32. */
function convert(values: Exclude<TensorData, readonly string[]>, dtype: NumericDataType) {
  if (values instanceof BigUint64Array && dtype === "uint32") return Uint32Array.from(values, Number);
  const data = allocate(dtype, values.length);
  data.set(values as never);
  return data;
}

/** Copies raw little-endian bytes into an array of their type, aligned whatever their place in the file was. */
function fromRaw(raw: Uint8Array, dtype: NumericDataType, where: string) {
  const count = raw.byteLength / bytesPerElement(dtype);
  if (!Number.isInteger(count)) {
    throw errors["onnx-malformed"]({
      where,
      problem: `has ${raw.byteLength} bytes, no whole number of ${dtype} elements`,
    });
  }
  const data = allocate(dtype, count);
  new Uint8Array(data.buffer).set(raw);
  return data;
}

function stringsOf(strings: readonly Uint8Array[], count: number, where: string): string[] {
  if (strings.length !== count) throw wrongSize(where, count, strings.length);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return strings.map((string) => decoder.decode(string));
}

const wrongSize = (where: string, expected: number, received: number) =>
  errors["onnx-malformed"]({ where, problem: `has ${received} elements, its shape asks for ${expected}` });
