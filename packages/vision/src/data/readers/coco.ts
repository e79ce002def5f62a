import { readdir } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { z } from "zod";
import { errors } from "../../errors.ts";
import { createLoader } from "../load.ts";
import type { Dataset, LabelledBox, Sample, Split } from "../types.ts";
import { boxWithin } from "./box-within.ts";
import { type CocoFile, readCoco } from "./coco-file.ts";
import { createFileLookup } from "./picture-files.ts";
import { defineReader } from "./reader.ts";
import { termsOptions } from "./terms-options.ts";

const instancesFile = /^instances_(.+)\.json$/;

/**
 * Pictures with the boxes of COCO's object detection (Lin et al., ECCV 2014, arXiv:1405.0312), one task with a class a box. The
 * masks are not read. A crowd is neither an object nor background. Files named after a validation or test part make that part.
 */
export const coco = defineReader({
  summary: "COCO: annotations/instances_*.json and images, boxes in categories",
  knownBy: { file: "annotations", entry: instancesFile },
  options: z.strictObject({
    task: z.string().min(1).default("objects").describe("the task that the boxes are labels of"),
    annotations: z
      .string()
      .optional()
      .describe("one file of instances, seen from the folder; without it all annotations/instances_*.json"),
    images: z
      .string()
      .optional()
      .describe("folder of the pictures, seen from the folder; without it images/PART, PART or images"),
    classes: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        "categories to read, in label order; boxes of others are left out; without it all, in the file's order",
      ),
    ...termsOptions,
  }),
  async read(folder, { task, annotations, images, classes: chosen, ...terms }): Promise<Dataset> {
    const parts = annotations === undefined ? await partsIn(folder) : [partOf(resolve(folder, annotations))];
    const exists = createFileLookup();
    const samples: Sample[] = [];
    let classes = chosen;
    for (const { path, name, split } of parts) {
      const file = await readCoco(path);
      classes ??= file.categories.map((category) => category.name);
      const boxes = boxesByImage(file, { path, classes, isChosen: chosen !== undefined });
      const candidates = images === undefined ? [join("images", name), name, "images", "."] : [images];
      for (const { id, file_name } of file.images) {
        const picture = await firstThat(
          exists,
          candidates.map((candidate) => resolve(folder, candidate, file_name)),
        );
        if (picture === undefined) {
          throw errors["data-table"]({
            where: `${path}, picture ${id}`,
            expected: `a file "${file_name}" in ${candidates.join(", ")} of ${folder}`,
            received: "none",
          });
        }
        const sampleId = relative(folder, picture).replaceAll("\\", "/");
        samples.push({
          id: sampleId,
          image: { file: picture },
          labels: { [task]: { kind: "boxes", boxes: boxes.get(id)! } },
          group: sampleId,
          split,
        });
      }
    }
    if (classes === undefined || samples.length === 0) {
      throw errors["data-count"]({ where: folder, expected: "pictures in a COCO file", received: "none" });
    }
    refuseTwice(samples, folder);
    return {
      name: basename(resolve(folder)),
      samples,
      classes: { [task]: classes },
      terms,
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

interface Part {
  readonly path: string;
  /** What its pictures' folder may be called: "train2017". */
  readonly name: string;
  readonly split: Split;
}

async function partsIn(folder: string): Promise<Part[]> {
  const path = join(folder, "annotations");
  const names = await readdir(path).catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });
  const found = names.filter((name) => instancesFile.test(name)).sort();
  if (found.length > 0) return found.map((name) => partOf(join(path, name)));
  throw errors["data-count"]({ where: path, expected: "a file instances_*.json", received: "none" });
}

function partOf(path: string): Part {
  const file = basename(path);
  const name = instancesFile.exec(file)?.[1] ?? file;
  const split = /^val/.test(name) ? "valid" : /^test/.test(name) ? "test" : "train";
  return { path, name, split };
}

/** The boxes of each picture of the file by its number. */
function boxesByImage(
  { images, annotations, categories }: CocoFile,
  { path, classes, isChosen }: { path: string; classes: readonly string[]; isChosen: boolean },
): Map<number, LabelledBox[]> {
  const fail = (where: string, expected: string, received: string) =>
    errors["data-table"]({ where: `${path}, ${where}`, expected, received });
  const numbers = categories.map(({ id }) => id);
  const names = categories.map(({ name }) => name);
  if (new Set(numbers).size < numbers.length || new Set(names).size < names.length) {
    throw fail("categories", "each number and name once", names.join(", "));
  }
  if (isChosen) {
    const unknown = classes.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw errors["data-reader"]({
        where: "reader coco, option classes",
        expected: `categories of ${path}: ${names.join(", ")}`,
        received: unknown,
      });
    }
  } else if (String(names) !== String(classes)) {
    throw fail("categories", `those of the other files: ${classes.join(", ")}`, names.join(", "));
  }
  const nameOf = new Map(categories.map(({ id, name }) => [id, name]));
  const sizes = new Map(images.map((image) => [image.id, image]));
  if (sizes.size < images.length) throw fail("images", "each number once", `${images.length - sizes.size} twice`);
  const boxes = new Map(images.map(({ id }): [number, LabelledBox[]] => [id, []]));
  for (const [i, { id, image_id, category_id, bbox, iscrowd }] of annotations.entries()) {
    const where = `annotation ${id ?? `at ${i}`}`;
    const size = sizes.get(image_id);
    if (size === undefined) throw fail(where, "an image_id of the file's images", `${image_id}`);
    const name = nameOf.get(category_id);
    if (name === undefined) throw fail(where, `a category_id of ${numbers.join(", ")}`, `${category_id}`);
    const index = classes.indexOf(name);
    const [x, y, width, height] = bbox;
    if (index < 0 || width === 0 || height === 0) continue; // COCO 2017 itself has a few boxes without an area
    boxes.get(image_id)!.push({
      box: boxWithin({ x, y, width, height }, size, `${path}, ${where}`),
      kind: iscrowd === 1 ? "ignore" : "face",
      class: index,
    });
  }
  return boxes;
}

async function firstThat(test: (file: string) => Promise<boolean>, files: readonly string[]) {
  for (const file of files) if (await test(file)) return file;
  return undefined;
}

function refuseTwice(samples: readonly Sample[], folder: string): void {
  const seen = new Set<string>();
  for (const { id } of samples) {
    if (seen.has(id))
      throw errors["data-table"]({ where: folder, expected: "each picture once", received: `${id} twice` });
    seen.add(id);
  }
}
