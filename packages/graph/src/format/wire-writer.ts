import { type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A string field. */
export const writeText = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);

/** A string field that is left out where the string is empty. */
export const writeTextIfAny = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  value === "" ? writer : writeText(writer, field, value);

/** An int32, int64 or enum field. */
export const writeInteger = (writer: BinaryWriter, field: number, value: number | bigint): BinaryWriter =>
  writer.tag(field, WireType.Varint).int64(value);

/** A float32 field. */
export const writeFloat = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.tag(field, WireType.Bit32).float(value);

/** A field of bytes. */
export const writeBytes = (writer: BinaryWriter, field: number, value: Uint8Array): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).bytes(value);

/** A field that holds a message, which `write` fills. */
export function writeMessage(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
