import { type BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";

/** How one field of a message is read: the wire types it may have, and what takes its value. */
export interface FieldRule {
  readonly wires: readonly WireType[];
  readonly read: (reader: BinaryReader, wire: WireType) => void;
}

/** Rules of a message by field number; fields without a rule are skipped. */
export type FieldRules = Readonly<Record<number, FieldRule>>;

/**
 * Reads the fields of one message up to the byte `end`. Every length is checked against the bytes that are there before
 * anything is read or allocated. `message` names it in errors.
 */
export function readFields(reader: BinaryReader, end: number, message: string, rules: FieldRules): void {
  while (reader.pos < end) {
    const start = reader.pos;
    const [field, wire] = reader.tag();
    if (wire === WireType.LengthDelimited) assertLength(reader, end, message);
    const rule = rules[field];
    if (rule === undefined) reader.skip(wire, field);
    else if (rule.wires.includes(wire)) rule.read(reader, wire);
    else {
      const problem = `has the wire type ${wire} in field ${field}, expected ${rule.wires.join(" or ")}`;
      throw errors["onnx-malformed"]({ where: `${message} at byte ${start}`, problem });
    }
    if (reader.pos > end) {
      throw errors["onnx-malformed"]({
        where: `${message} at byte ${start}`,
        problem: `runs past its end in field ${field}`,
      });
    }
  }
}

/** Looks at the length that comes next and stays in front of it. */
function assertLength(reader: BinaryReader, end: number, message: string): void {
  const start = reader.pos;
  const fieldEnd = reader.uint32() + reader.pos;
  if (fieldEnd > end) {
    // Only the outermost message ends where the file does, unless an inner one is damaged.
    if (end === reader.len)
      throw errors["onnx-truncated"]({ expected: `${fieldEnd} bytes or more`, received: `${end}` });
    throw errors["onnx-malformed"]({
      where: `${message} at byte ${start}`,
      problem: `has a field that ends at byte ${fieldEnd}, expected ${end} at most`,
    });
  }
  reader.pos = start;
}

const lengthDelimited = [WireType.LengthDelimited];

/** A string; bytes that are not UTF-8 are an error, never replaced. */
export const text = (take: (value: string) => void): FieldRule => ({
  wires: lengthDelimited,
  read: (reader) => take(reader.string(true)),
});

/** Bytes, as a view into the file. */
export const bytes = (take: (value: Uint8Array) => void): FieldRule => ({
  wires: lengthDelimited,
  read: (reader) => take(reader.bytes()),
});

/** A message: `take` reads it up to `end`. */
export const message = (take: (reader: BinaryReader, end: number) => void): FieldRule => ({
  wires: lengthDelimited,
  read: (reader) => {
    const length = reader.uint32();
    take(reader, reader.pos + length);
  },
});

/** A field that may stand there but is not read as such: `take` is told that it is present. */
export const present = (take: () => void): FieldRule => ({
  wires: lengthDelimited,
  read: (reader) => {
    reader.skip(WireType.LengthDelimited);
    take();
  },
});

/** An int32, an int64 or an enum that must fit a JavaScript number exactly. */
export const integer = (take: (value: number) => void): FieldRule => ({
  wires: [WireType.Varint],
  read: (reader) => {
    const start = reader.pos;
    const value = Number(reader.int64());
    if (!Number.isSafeInteger(value)) {
      throw errors["onnx-malformed"]({ where: `The number at byte ${start}`, problem: `is ${value}, out of range` });
    }
    take(value);
  },
});

/** Values one by one or packed, whichever way the writer chose: readers of protobuf must accept both. */
const repeated = (wire: WireType, readOne: (reader: BinaryReader) => void): FieldRule => ({
  wires: [wire, WireType.LengthDelimited],
  read: (reader, received) => {
    if (received === wire) return readOne(reader);
    const length = reader.uint32();
    const end = reader.pos + length;
    while (reader.pos < end) readOne(reader);
    if (reader.pos > end) {
      throw errors["onnx-malformed"]({
        where: `The list that ends at byte ${end}`,
        problem: "ends inside of a number",
      });
    }
  },
});

/** int64 values, each as a bigint, so that none is rounded. */
export const int64s = (take: (value: bigint) => void): FieldRule =>
  repeated(WireType.Varint, (reader) => take(BigInt(reader.int64())));

/** uint64 values as bigints. */
export const uint64s = (take: (value: bigint) => void): FieldRule =>
  repeated(WireType.Varint, (reader) => take(BigInt(reader.uint64())));

/** int32 values; smaller integers, booleans and the bits of float16 are stored so as well. */
export const int32s = (take: (value: number) => void): FieldRule =>
  repeated(WireType.Varint, (reader) => take(reader.int32()));

/** float32 values. */
export const floats = (take: (value: number) => void): FieldRule =>
  repeated(WireType.Bit32, (reader) => take(reader.float()));

/** float64 values. */
export const doubles = (take: (value: number) => void): FieldRule =>
  repeated(WireType.Bit64, (reader) => take(reader.double()));
