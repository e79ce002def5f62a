import { join } from "node:path";
import { z } from "zod";
import { createLoader } from "../load.ts";
import { integerOf, readTable } from "../table-file.ts";
import type { Sample } from "../types.ts";
import { presentRows } from "./present-rows.ts";
import { defineReader } from "./reader.ts";

/** Cropped faces with and without a mask, task `mask`. A group is near copies and pictures of one named person. */
export const faceMask = defineReader({
  summary: "faces with and without a mask: images with labels.csv",
  knownBy: { file: "labels.csv", columns: ["mask", "group", "detector_score"] },
  options: z.strictObject({}),
  async read(folder) {
    const rows = await readTable(join(folder, "labels.csv"), ["file", "mask", "group"]);
    return {
      name: "face_mask",
      samples: (await presentRows(folder, rows)).map(
        ({ row, id, file }): Sample => ({
          id,
          image: { file },
          labels: { mask: { kind: "class", index: integerOf(row, "mask", 0, 1) } },
          group: row.cells.group || id,
          split: "train",
        }),
      ),
      classes: { mask: ["no", "yes"] },
      terms: {
        licence: "labels: MIT; pictures: from Bing, Kaggle and RMFD, not cleared with the photographers",
        publishable: false,
        commercial: false,
        source: "chandrikadeb7/Face-Mask-Detection on GitHub",
      },
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});
