import { errors } from "../errors.ts";
import { type DataType, dataTypes, rowOf, sizeOf, type Tensor } from "./tensor.ts";

/** Bytes of the length before each text. */
const LENGTH_BYTES = 4;

/** A tensor's bytes as the protocol has them: little-endian, row-major; texts in UTF-8, each after its length. */
export function bytesOfTensor(name: string, { dtype, shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const refuse = (expected: string, received: string) => errors["bad-tensor"]({ where: name, expected, received });
  if (!Object.hasOwn(dataTypes, dtype)) throw refuse(`a dtype of ${Object.keys(dataTypes)}`, String(dtype));
  const { array } = rowOf(dtype);
  const isText = Array.isArray(data);
  const kind = isText ? "a list" : (data as { constructor?: { name?: string } }).constructor?.name;
  const expected = array?.name ?? "a list of texts";
  if (array === undefined ? !isText : kind !== array.name) throw refuse(`${expected} for ${dtype}`, String(kind));
  const size = sizeOf(shape);
  if (data.length !== size) throw refuse(`${size} elements for the shape [${shape}]`, `${data.length}`);
  if (isText) return bytesOfTexts(data as readonly string[]);
  const { buffer, byteOffset, byteLength } = data as Exclude<Tensor["data"], readonly string[]>;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** A tensor from its bytes; undefined where they are not as many as its shape says. */
export function tensorOfBytes(
  bytes: Uint8Array,
  { dtype, shape }: { dtype: DataType; shape: readonly number[] },
): Tensor | undefined {
  const { array } = rowOf(dtype);
  const size = sizeOf(shape);
  if (array === undefined) {
    const data = textsOf(bytes);
    return data?.length === size ? { dtype, shape, data } : undefined;
  }
  if (bytes.length !== size * array.BYTES_PER_ELEMENT) return undefined;
  // a copy: elements need to be aligned, and bytes lie at any place of an answer
  return { dtype, shape, data: new array(new Uint8Array(bytes).buffer) };
}

function bytesOfTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(encoded.reduce((total, { length }) => total + LENGTH_BYTES + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of encoded) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + LENGTH_BYTES);
    at += LENGTH_BYTES + text.length;
  }
  return bytes;
}

function textsOf(bytes: Uint8Array): string[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + LENGTH_BYTES > bytes.length) return undefined;
    const start = at + LENGTH_BYTES;
    at = start + view.getUint32(at, true);
    if (at > bytes.length) return undefined;
    texts.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, at)));
  }
  return texts;
}
