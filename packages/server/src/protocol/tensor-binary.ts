import type { Tensor } from "@foveajs/operations";
import { errors } from "../errors.ts";
import { sizeOf, typeOf } from "./tensor-json.ts";

/** Bytes of one element of BYTES besides its own: a little-endian length of 4 bytes. */
const LENGTH_BYTES = 4;

/** A tensor from its bytes: little-endian, row-major, BYTES with a length before each element. */
export function tensorOfBytes(
  bytes: Uint8Array,
  { name, datatype, shape }: { name: string; datatype: string; shape: readonly number[] },
): Tensor {
  const type = typeOf(datatype, name);
  const refuse = (expected: string, received: string) =>
    errors["bad-tensor"]({ where: `binary data of "${name}"`, expected, received });
  const size = sizeOf(shape);
  if (type.create === undefined) {
    const data = stringsOf(bytes, size);
    if (data === undefined)
      throw refuse(`${size} elements, each after its length`, `${bytes.length} bytes that are not`);
    return { dtype: type.dtype, shape, data };
  }
  const expected = size * type.bytes!;
  if (bytes.length !== expected) throw refuse(`${expected} bytes for ${datatype} [${shape}]`, `${bytes.length}`);
  // a copy, since the bytes may lie at any place of the body and elements need to be aligned
  return { dtype: type.dtype, shape, data: type.create(new Uint8Array(bytes).buffer) };
}

/** The bytes of a tensor as the protocol has them. */
export function bytesOfTensor({ dtype, data }: Tensor): Uint8Array {
  if (dtype === "string") {
    const parts = (data as readonly string[]).flatMap((text) => {
      const encoded = Buffer.from(text, "utf8");
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(encoded.length);
      return [length, encoded];
    });
    return Buffer.concat(parts);
  }
  const { buffer, byteOffset, byteLength } = data as Exclude<Tensor["data"], readonly string[]>;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function stringsOf(bytes: Uint8Array, size: number): string[] | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: string[] = [];
  let at = 0;
  while (at < view.length && strings.length < size) {
    if (at + LENGTH_BYTES > view.length) return undefined;
    const end = at + LENGTH_BYTES + view.readUInt32LE(at);
    if (end > view.length) return undefined;
    strings.push(view.toString("utf8", at + LENGTH_BYTES, end));
    at = end;
  }
  return at === view.length && strings.length === size ? strings : undefined;
}
