import { memoryDataset } from "../data/memory.ts";
import { imageOf, type PictureSource } from "../data/picture-source.ts";
import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import { type ColorOrder, channelsOf, type Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";

/** A picture of a class; `group` names what belongs together, such as the frames of one burst, and is never parted. */
export interface Example {
  readonly image: Image;
  readonly group?: string | undefined;
}

/** What may be given as an example: a picture in any form, alone or with its group. */
export type ExampleSource = PictureSource | { readonly picture: PictureSource; readonly group?: string };

/** Examples by name of their class, in the order of the classes. */
export type Examples = ReadonlyMap<string, readonly Example[]>;

/** Longer side to which examples are reduced: more than any training takes, and 200 KB a picture at most. */
const SIDE = 256;

/** Decodes examples and reduces large ones, so that hundreds of photographs fit in a page. */
export async function readExamples(
  classes: Readonly<Record<string, readonly ExampleSource[]>>,
  { signal }: { signal: AbortSignal },
): Promise<Examples> {
  const examples = new Map<string, readonly Example[]>();
  for (const [name, sources] of Object.entries(classes)) {
    const read: Example[] = [];
    for (const [index, source] of sources.entries()) {
      signal.throwIfAborted();
      const isGrouped = "picture" in source;
      const picture = isGrouped ? source.picture : source;
      const image = await imageOf(picture, { name: `${name}, picture ${index + 1}` });
      read.push({ image: reduced(image), ...(isGrouped && source.group ? { group: source.group } : {}) });
    }
    examples.set(name, read);
  }
  return examples;
}

function reduced(image: Image): Image {
  const scale = SIDE / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const sideOf = (length: number) => Math.max(1, Math.round(length * scale));
  return resize(image, { width: sideOf(image.width), height: sideOf(image.height) });
}

/** Name of the one task of examples. */
const TASK = "class";

/** Examples as a data set of one classification, named as the training. */
export const datasetOf = (name: string, examples: Examples): Dataset =>
  memoryDataset({
    name,
    classes: { [TASK]: [...examples.keys()] },
    samples: [...examples.values()].flatMap((pictures, index) =>
      pictures.map(({ image, group }, at) => ({
        id: `${index}/${at}`,
        image,
        labels: { [TASK]: { kind: "class", index } as const },
        ...(group === undefined ? {} : { group }),
      })),
    ),
  });

/** What stands before the pixels of a file of examples. */
interface Header {
  readonly format: 1;
  readonly classes: readonly {
    readonly name: string;
    readonly examples: readonly {
      readonly width: number;
      readonly height: number;
      readonly order: ColorOrder;
      readonly group?: string | undefined;
    }[];
  }[];
}

/** Examples as one file: length of the header (uint32, little-endian), header (JSON), then the pixels of all pictures. */
export function encodeExamples(examples: Examples): Uint8Array {
  const classes = [...examples].map(([name, pictures]) => ({
    name,
    examples: pictures.map(({ image: { width, height, order }, group }) => ({ width, height, order, group })),
  }));
  const header = new TextEncoder().encode(JSON.stringify({ format: 1, classes } satisfies Header));
  const images = [...examples.values()].flatMap((pictures) => pictures.map(({ image }) => image.data));
  const bytes = new Uint8Array(4 + header.length + images.reduce((sum, { length }) => sum + length, 0));
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const data of images) {
    bytes.set(data, at);
    at += data.length;
  }
  return bytes;
}

/** The examples in such a file; `path` is for messages. */
export function decodeExamples(bytes: Uint8Array, path: string): Examples {
  const damaged = (received: string, cause?: unknown) =>
    errors["data-table"]({ where: path, expected: "a file of examples", received }, { cause });
  if (bytes.length < 4) throw damaged(`${bytes.length} bytes`);
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at))) as Header;
  } catch (cause) {
    throw damaged("a header that cannot be read", cause);
  }
  const examples = new Map<string, readonly Example[]>();
  for (const { name, examples: pictures } of header.classes) {
    const read = pictures.map(({ width, height, order, group }): Example => {
      const end = at + width * height * channelsOf(order);
      // memory of their own, so that the file's can go
      const data = new Uint8Array(bytes.subarray(at, end));
      at = end;
      return { image: { width, height, order, data }, ...(group === undefined ? {} : { group }) };
    });
    examples.set(name, read);
  }
  if (at !== bytes.length) throw damaged(`${bytes.length} bytes where its header tells of ${at}`);
  return examples;
}
