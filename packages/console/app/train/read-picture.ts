import { type Image, imageOf, type PictureSource, resize } from "@foveajs/vision";
import { thumbnail } from "../engine/thumbnail.ts";
import type { StoredPicture } from "./store.ts";

/** Longer side that is kept: more than any training takes. */
const SIDE = 256;

/** A picture no larger than what is learned from, in its own proportions. */
export function reduced(image: Image): Image {
  const scale = SIDE / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const sideOf = (length: number) => Math.max(1, Math.round(length * scale));
  return resize(image, { width: sideOf(image.width), height: sideOf(image.height) });
}

/** Decodes a file, or takes the frame that a video shows, as it is kept: pixels to learn from, and a JPEG to look at. */
export async function readPicture(
  source: PictureSource,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<StoredPicture> {
  const image = reduced(await imageOf(source, { name }));
  return { id, image, view: await thumbnail(image, SIDE) };
}

/** What became of files. */
export interface ReadFiles {
  readonly read: number;
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
}

/** Pictures that are handed on at a time, so that they appear while others are still read. */
const PORTION = 12;

/**
 * Reads files one after the other and hands them on in portions; those that cannot be read are told at the end, the others are used.
 * Lets the page draw between them. `onPortion` is awaited.
 */
export async function readFiles<Item extends { readonly name: string }, Read>(
  files: readonly Item[],
  { read, onPortion }: { read: (file: Item) => Promise<Read>; onPortion: (portion: readonly Read[]) => Promise<void> },
): Promise<ReadFiles> {
  const failed: { name: string; error: unknown }[] = [];
  let portion: Read[] = [];
  for (const [index, file] of files.entries()) {
    try {
      portion.push(await read(file));
    } catch (error) {
      failed.push({ name: file.name, error });
    }
    if (portion.length > 0 && (portion.length === PORTION || index === files.length - 1)) {
      await onPortion(portion);
      portion = [];
    }
    // a macrotask: decoding itself gives no turn for drawing
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { read: files.length - failed.length, failed };
}
