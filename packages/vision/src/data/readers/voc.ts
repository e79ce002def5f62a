import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { errors } from "../../errors.ts";
import { createLoader } from "../load.ts";
import type { Dataset, LabelledBox, Sample, Split } from "../types.ts";
import { boxWithin } from "./box-within.ts";
import { namesBelow, pictureName, stemOf } from "./picture-files.ts";
import { defineReader } from "./reader.ts";
import { termsOptions } from "./terms-options.ts";
import { uprightSize } from "./upright-size.ts";
import { readVoc, type VocFile } from "./voc-file.ts";

/** Lists of ImageSets/Main by the part that they make, the most telling first: trainval holds train and val. */
const lists = [
  { file: "train.txt", split: "train" },
  { file: "val.txt", split: "valid" },
  { file: "test.txt", split: "test" },
  { file: "trainval.txt", split: "train" },
] as const;

/**
 * PASCAL VOC (Everingham et al., IJCV 2010): pictures with an XML file of boxes each, one task with a class a box. Difficult
 * objects may be missed. Where ImageSets/Main has lists, the pictures that they name are read, val as the validation part;
 * without lists all are, as "train".
 */
export const voc = defineReader({
  summary: "PASCAL VOC: Annotations/*.xml, JPEGImages and ImageSets/Main, boxes in classes",
  knownBy: { file: "Annotations", entry: /\.xml$/ },
  options: z.strictObject({
    task: z.string().min(1).default("objects").describe("the task that the boxes are labels of"),
    classes: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("names to read, in label order; boxes of others are left out; without it all, sorted"),
    ...termsOptions,
  }),
  async read(folder, { task, classes: chosen, ...terms }): Promise<Dataset> {
    const parts = await partsOf(folder);
    const findPicture = await pictureLookup(folder);
    const files: { file: VocFile; picture: string; id: string; split: Split }[] = [];
    for (const [stem, split] of parts) {
      const path = join(folder, "Annotations", `${stem}.xml`);
      const file = await readVoc(path);
      const id = findPicture(file.filename, stem);
      if (id === undefined) {
        throw errors["data-table"]({ where: path, expected: `a picture ${file.filename ?? stem}`, received: "none" });
      }
      files.push({ file, picture: join(folder, id), id, split });
    }
    const names = [...new Set(files.flatMap(({ file }) => file.objects.map(({ name }) => name)))].sort();
    const unknown = chosen?.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw errors["data-reader"]({
        where: "reader voc, option classes",
        expected: `names of objects: ${names.join(", ")}`,
        received: unknown,
      });
    }
    const classes = chosen ?? names;
    const samples: Sample[] = [];
    const seen = new Set<string>();
    for (const { file, picture, id, split } of files) {
      if (seen.has(id))
        throw errors["data-table"]({
          where: folder,
          expected: "one file of boxes a picture",
          received: `two of ${id}`,
        });
      seen.add(id);
      const boxes = boxesOf(file, classes, file.size ?? (await uprightSize(picture)));
      samples.push({ id, image: { file: picture }, labels: { [task]: { kind: "boxes", boxes } }, group: id, split });
    }
    return {
      name: basename(resolve(folder)),
      samples,
      classes: { [task]: classes },
      terms,
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

/** The part of each annotation file, by its name without the extension. */
async function partsOf(folder: string): Promise<Map<string, Split>> {
  const parts = new Map<string, Split>();
  const found = lists
    .map(({ file, split }) => ({ path: join(folder, "ImageSets", "Main", file), file, split }))
    .filter(({ path }) => existsSync(path));
  for (const { path, file, split } of found) {
    for (const line of (await readFile(path, "utf8")).split(/\r?\n/)) {
      const [stem] = line.trim().split(/\s+/);
      if (!stem) continue;
      const other = parts.get(stem);
      if (other !== undefined && file !== "trainval.txt") {
        throw errors["data-table"]({
          where: path,
          expected: "pictures of one list only",
          received: `${stem}, of ${other} too`,
        });
      }
      parts.set(stem, other ?? split);
    }
  }
  if (found.length === 0) {
    for (const name of await namesBelow(join(folder, "Annotations"))) {
      if (name.endsWith(".xml")) parts.set(stemOf(name), "train");
    }
  }
  if (parts.size > 0) return parts;
  throw errors["data-count"]({ where: folder, expected: "annotation files", received: "none" });
}

/** Finds the picture of an annotation by the name that it tells, or else by its own: some tools tell another machine's. */
async function pictureLookup(folder: string) {
  const place = ["JPEGImages", "images", "."].find((name) => existsSync(join(folder, name)))!;
  const names = (await namesBelow(join(folder, place))).filter((name) => pictureName.test(name));
  const known = new Set(names);
  const byStem = new Map(names.map((name) => [stemOf(name), name]));
  return (filename: string | undefined, stem: string): string | undefined => {
    const name = filename !== undefined && known.has(filename) ? filename : byStem.get(stem);
    return name === undefined ? undefined : place === "." ? name : `${place}/${name}`;
  };
}

function boxesOf(
  { objects }: VocFile,
  classes: readonly string[],
  size: { readonly width: number; readonly height: number },
): LabelledBox[] {
  return objects.flatMap(({ name, isDifficult, xmin, ymin, xmax, ymax, where }): LabelledBox[] => {
    const index = classes.indexOf(name);
    if (index < 0) return [];
    // pixels are counted from 1 and the last is part of the box, hence xmin - 1 and xmax as edges
    const box = { x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 };
    return [{ box: boxWithin(box, size, where), kind: isDifficult ? "hard" : "face", class: index }];
  });
}
