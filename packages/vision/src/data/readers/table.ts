import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { errors } from "../../errors.ts";
import { readHeader } from "../table-file.ts";
import type { Dataset, Split } from "../types.ts";
import { coco } from "./coco.ts";
import { csv } from "./csv.ts";
import { eyesOpenClosed } from "./eyes-open-closed.ts";
import { faceMask } from "./face-mask.ts";
import { faceScenes } from "./face-scenes.ts";
import { fer2013 } from "./fer2013.ts";
import { folder } from "./folder.ts";
import { landmarks68 } from "./landmarks68.ts";
import { mtfl } from "./mtfl.ts";
import { noFace } from "./no-face.ts";
import type { KnownBy, Reader } from "./reader.ts";
import { voc } from "./voc.ts";
import { yolo } from "./yolo.ts";

/** Every reader by the name that a recipe uses. */
export const readers = {
  coco,
  csv,
  eyes_open_closed: eyesOpenClosed,
  face_mask: faceMask,
  face_scenes: faceScenes,
  fer2013,
  folder,
  landmarks68,
  mtfl,
  no_face: noFace,
  voc,
  yolo,
} satisfies Record<string, Reader<z.ZodObject>>;

export type ReaderName = keyof typeof readers;

/** The reader that knows the folder by what is in it; `folder` for one that none knows. */
export async function readerOf(path: string): Promise<ReaderName> {
  const entries = await readdir(path).catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });
  for (const [name, { knownBy }] of Object.entries<Pick<Reader, "knownBy">>(readers)) {
    if (knownBy === undefined || !entries.includes(knownBy.file)) continue;
    if (await isKnown(join(path, knownBy.file), knownBy)) return name as ReaderName;
  }
  return "folder";
}

async function isKnown(path: string, { columns, entry }: KnownBy): Promise<boolean> {
  if (entry !== undefined) return (await readdir(path).catch(() => [])).some((name) => entry.test(name));
  if (columns === undefined) return true;
  const header = await readHeader(path);
  return columns.every((column) => header.includes(column));
}

export interface OpenOptions {
  /** The reader's own options, as a recipe gives them; checked by its schema. */
  readonly options?: unknown;
  /** How many samples each part must have; absent: any number. Guards a recipe against an incomplete copy. */
  readonly expect?: Readonly<Partial<Record<Split, number>>>;
}

/** Reads the data set in `folder` by the reader of this name. */
export async function openDataset(
  name: string,
  path: string,
  { options = {}, expect = {} }: OpenOptions = {},
): Promise<Dataset> {
  if (!Object.hasOwn(readers, name)) {
    throw errors["data-reader"]({ where: "reader", expected: Object.keys(readers).join(", "), received: name });
  }
  const reader: Reader = readers[name as ReaderName] as unknown as Reader;
  const parsed = reader.options.safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw errors["data-reader"]({
      where: `reader ${name}, option ${issue?.path.join(".") || "names"}`,
      expected: issue?.message ?? "options of this reader",
      received: JSON.stringify(options),
    });
  }
  const dataset = await reader.read(path, parsed.data);
  for (const [split, count] of Object.entries(expect)) {
    const received = dataset.samples.filter((sample) => sample.split === split).length;
    if (received !== count) {
      throw errors["data-count"]({
        where: `${path}, part ${split}`,
        expected: `${count} samples`,
        received: `${received}`,
      });
    }
  }
  return dataset;
}
