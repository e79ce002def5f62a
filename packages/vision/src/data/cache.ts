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
