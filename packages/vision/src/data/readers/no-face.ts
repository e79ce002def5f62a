import { join, resolve } from "node:path";
import { z } from "zod";
import { createLoader } from "../load.ts";
import { readTable } from "../table-file.ts";
import type { Sample } from "../types.ts";
import { readCoco } from "./coco-file.ts";
import { defineReader } from "./reader.ts";

/**
 * Photographs without a face, task `faces` with no boxes. With `coco`, the pictures of that folder of COCO in which nobody
 * annotated a person are added. The two overlap: the COCO number is the group, and each number is taken once.
 */
export const noFace = defineReader({
  summary: "photographs without a face: images with labels.csv, and COCO pictures without a person",
  knownBy: { file: "labels.csv", columns: ["coco_image_id"] },
  options: z.strictObject({
    /** Folder of COCO pictures (images/, annotations/instances_train.json), seen from this set's folder; absent: none. */
    coco: z.string().optional(),
  }),
  async read(folder, { coco }) {
    const rows = await readTable(join(folder, "labels.csv"), ["file", "coco_image_id"]);
    const own = rows.map(({ cells }) => ({ number: cells.coco_image_id!, file: join(folder, cells.file!) }));
    const found = new Map(
      [...(coco === undefined ? [] : await withoutPerson(resolve(folder, coco))), ...own].map((one) => [
        one.number,
        one,
      ]),
    );
    return {
      name: "no_face",
      samples: [...found.values()].map(
        ({ number, file }): Sample => ({
          id: `coco/${number}`,
          image: { file },
          labels: { faces: { kind: "boxes", boxes: [] } },
          group: `coco/${number}`,
          split: "train",
        }),
      ),
      classes: {},
      terms: {
        licence: "COCO annotations: CC BY 4.0; pictures: Creative Commons, different for each",
        publishable: false,
        commercial: false,
        source: "Lin et al.: Microsoft COCO, ECCV 2014, arXiv:1405.0312",
      },
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

async function withoutPerson(folder: string) {
  const parsed = await readCoco(join(folder, "annotations", "instances_train.json"));
  const person = parsed.categories.find(({ name }) => name === "person")?.id;
  const withPerson = new Set(parsed.annotations.filter((one) => one.category_id === person).map((one) => one.image_id));
  return parsed.images
    .filter(({ id }) => !withPerson.has(id))
    .map(({ id, file_name }) => ({ number: String(id), file: join(folder, "images", file_name) }));
}
