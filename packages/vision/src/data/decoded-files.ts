import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ColorOrder, channelsOf, type Image } from "../image/image.ts";

const orders = ["gray", "rgb", "bgr"] as const satisfies readonly ColorOrder[];
const magic = 0x56504f46; // "FOPV", little-endian
const headerBytes = 16;

/**
 * Decoded pictures on disk, one file each in `folder`, named by the hash of the file that they were decoded from, so that
 * a changed picture is never mistaken for the old one. Files appear whole or not at all (written aside, then renamed).
 */
export async function decodeThrough(
  folder: string,
  encoded: Uint8Array,
  decode: (encoded: Uint8Array) => Promise<Image>,
): Promise<Image> {
  const file = join(folder, `${createHash("sha256").update(encoded).digest("hex")}.pixels`);
  const stored = await readFile(file).catch(() => undefined);
  const found = stored && fromBytes(stored);
  if (found) return found;
  const image = await decode(encoded);
  await mkdir(folder, { recursive: true });
  const aside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(aside, toBytes(image));
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
  return image;
}

function toBytes({ width, height, order, data }: Image): Uint8Array {
  const bytes = new Uint8Array(headerBytes + data.length);
  const header = new DataView(bytes.buffer);
  [magic, width, height, orders.indexOf(order)].forEach((value, i) => {
    header.setUint32(4 * i, value, true);
  });
  bytes.set(data, headerBytes);
  return bytes;
}

/** Undefined where the bytes are not a whole picture: it is then decoded again. */
function fromBytes(bytes: Uint8Array): Image | undefined {
  if (bytes.length < headerBytes) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const [found, width, height, code] = [0, 4, 8, 12].map((at) => header.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const order = orders[code];
  if (found !== magic || order === undefined) return undefined;
  if (bytes.length !== headerBytes + width * height * channelsOf(order)) return undefined;
  return { width, height, order, data: bytes.subarray(headerBytes) };
}
