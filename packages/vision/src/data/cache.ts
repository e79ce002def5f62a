import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "../errors.ts";
import { type ColorOrder, channelsOf, type Image } from "../image/image.ts";

/** Decoded pictures kept for the next visit, as bytes. */
export interface ImageCache {
  /** The picture of this key; `make` is called where it is not kept, once for all who ask at the same time. */
  get(key: string, make: () => Promise<Image>): Promise<Image>;
  /** Bytes of pixels held now, never more than the bound. */
  readonly sizeBytes: number;
}

/**
 * A cache in memory that forgets what was used longest ago once more than `maximumBytes` of pixels are held.
 * A picture larger than the bound is made anew each time.
 */
export function createImageCache({ maximumBytes }: { maximumBytes: number }): ImageCache {
  const kept = new Map<string, Image>(); // in order of use: a Map iterates in order of insertion
  const pending = new Map<string, Promise<Image>>();
  let sizeBytes = 0;

  const keep = (key: string, image: Image) => {
    if (image.data.length > maximumBytes) return;
    kept.set(key, image);
    sizeBytes += image.data.length;
    for (const [oldest, { data }] of kept) {
      if (sizeBytes <= maximumBytes) break;
      kept.delete(oldest);
      sizeBytes -= data.length;
    }
  };

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    async get(key, make) {
      const found = kept.get(key);
      if (found !== undefined) {
        kept.delete(key);
        kept.set(key, found);
        return found;
      }
      const underWay = pending.get(key);
      if (underWay !== undefined) return underWay;
      const made = make();
      pending.set(key, made);
      try {
        const image = await made;
        keep(key, image);
        return image;
      } finally {
        pending.delete(key);
      }
    },
  };
}

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

/** Pictures of one size in one piece of memory. */
export interface PackedImages {
  readonly width: number;
  readonly height: number;
  readonly order: ColorOrder;
  readonly count: number;
  /** count * height * width * channels bytes. */
  readonly data: Uint8Array;
  /** Picture i; shares the memory. */
  at(i: number): Image;
}

/** Packs pictures that all have the size and colour of the first. */
export function packImages(images: readonly Image[]): PackedImages {
  const [first] = images;
  if (first === undefined) throw errors["data-empty"]({ where: "packImages" });
  const { width, height, order } = first;
  const size = width * height * channelsOf(order);
  const data = new Uint8Array(size * images.length);
  images.forEach((image, i) => {
    if (image.width !== width || image.height !== height || image.order !== order) {
      throw errors["data-count"]({
        where: `packImages, picture ${i}`,
        expected: `${width}x${height} ${order}`,
        received: `${image.width}x${image.height} ${image.order}`,
      });
    }
    data.set(image.data, i * size);
  });
  return {
    width,
    height,
    order,
    count: images.length,
    data,
    at: (i) => ({ width, height, order, data: data.subarray(i * size, (i + 1) * size) }),
  };
}
