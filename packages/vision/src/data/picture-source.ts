import { drawnImage } from "#host";
import { errors } from "../errors.ts";
import { decode } from "../image/decode.ts";
import type { Image } from "../image/image.ts";

/** A File or a Blob, by the one call that is used. */
export interface EncodedPicture {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Where a picture comes from: pixels, the bytes of a file (JPEG, PNG, WebP, AVIF), a File or Blob; in a page also whatever can be drawn on
 * a canvas: an ImageBitmap, a canvas, an image, a video (the frame that it shows, of a webcam as well).
 */
export type PictureSource = Image | Uint8Array | EncodedPicture | object;

/**
 * The pixels of a picture. Files are decoded by the same code in Node and in the page, so that they give the same bytes; what is drawn is
 * as the browser draws it. `name` is for messages.
 */
export async function imageOf(source: PictureSource, { name = "picture" }: { name?: string } = {}): Promise<Image> {
  if (source instanceof Uint8Array) return decode(source, { name });
  if (typeof source !== "object" || source === null) {
    const expected = "a picture, or the bytes, the File or the Blob of one";
    throw errors["image-argument"]({ where: name, expected, received: String(source) });
  }
  if ("order" in source && "data" in source) return source as Image;
  if ("arrayBuffer" in source) return decode(new Uint8Array(await source.arrayBuffer()), { name });
  return drawnImage(source, name);
}
