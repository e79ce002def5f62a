import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { entryFields, modelFields } from "./fields.ts";
import { readEntry } from "./read-tensor.ts";
import { assertLooksLikeOnnx } from "./recognize.ts";
import { message, readFields } from "./wire-reader.ts";
import { writeMessage, writeText } from "./wire-writer.ts";

/**
 * The bytes of a model's file with entries of its metadata changed (`undefined` takes one out). Everything else, the graph
 * and fields that nothing here knows, stays byte for byte; a changed entry keeps its place, a new one comes last.
 */
export function replaceMetadata(bytes: Uint8Array, changes: Readonly<Record<string, string | undefined>>): Uint8Array {
  const left = new Map(Object.entries(changes));
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const { key, start, end } of entriesOf(bytes)) {
    if (!Object.hasOwn(changes, key)) continue;
    pieces.push(bytes.subarray(kept, start));
    kept = end;
    const value = left.get(key);
    left.delete(key); // a second entry of the key goes: the last one told would win
    if (value !== undefined) pieces.push(entry(key, value));
  }
  pieces.push(bytes.subarray(kept));
  for (const [key, value] of left) if (value !== undefined) pieces.push(entry(key, value));
  return joined(pieces);
}

/** The bytes of a model's file less its metadata: what stays the same whatever is written into its card. */
export function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const { start, end } of entriesOf(bytes)) {
    pieces.push(bytes.subarray(kept, start));
    kept = end;
  }
  return joined([...pieces, bytes.subarray(kept)]);
}

interface EntryRange {
  readonly key: string;
  /** From the tag of the field to the byte after it. */
  readonly start: number;
  readonly end: number;
}

function entriesOf(bytes: Uint8Array): EntryRange[] {
  assertLooksLikeOnnx(bytes);
  const reader = new BinaryReader(bytes);
  const ranges: EntryRange[] = [];
  readFields(reader, reader.len, "the model", {
    [modelFields.metadataProps]: message((_, end) => {
      const content = reader.pos;
      const { key } = readEntry(reader, end);
      ranges.push({ key, start: content - headLength(end - content), end });
    }),
  });
  return ranges;
}

/** Bytes of the tag (one, as the field number is below 16) and of the length before a field's content. */
function headLength(length: number): number {
  let bytes = 2;
  for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function entry(key: string, value: string): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, modelFields.metadataProps, () => {
    writeText(writer, entryFields.key, key);
    writeText(writer, entryFields.value, value);
  });
  return writer.finish();
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
