import { join } from "node:path";
import { z } from "zod";
import type { Point } from "../../image/image.ts";
import { fivePointsOf68 } from "../five-points.ts";
import { createLoader } from "../load.ts";
import { choiceOf, numberOf, readTable } from "../table-file.ts";
import type { Sample } from "../types.ts";
import { defineReader } from "./reader.ts";

const count = 68;

/** Faces with the 68 points of iBUG/300-W, tasks `landmarks68` and, worked out from it, `landmarks5`. */
export const landmarks68 = defineReader({
  summary: "HELEN and AFW faces with 68 landmarks: images with labels.csv",
  knownBy: { file: "labels.csv", columns: ["x67", "y67"] },
  options: z.strictObject({}),
  async read(folder) {
    const columns = Array.from({ length: count }, (_, i) => [`x${i}`, `y${i}`] as const);
    const rows = await readTable(join(folder, "labels.csv"), [
      "file",
      "set",
      "original_file",
      "scale",
      ...columns.flat(),
    ]);
    return {
      name: "landmarks68",
      samples: rows.map((row): Sample => {
        // The mark-up has pixel centres at whole numbers, here they are at halves: half a pixel before the scaling.
        const half = 0.5 * numberOf(row, "scale", 0);
        const points = columns.map(([x, y]): Point => [numberOf(row, x) + half, numberOf(row, y) + half]);
        return {
          id: row.cells.file!,
          image: { file: join(folder, row.cells.file!) },
          labels: {
            landmarks68: { kind: "points", points },
            landmarks5: { kind: "points", points: fivePointsOf68(points) },
          },
          group: groupOf(row.cells.original_file!),
          split: choiceOf(row, "set", ["helen_train", "afw", "helen_test"]) === "helen_test" ? "test" : "train",
        };
      }),
      classes: {},
      terms: {
        licence: "iBUG annotations: non-commercial research only; pictures from Flickr, rights with the photographers",
        publishable: false,
        commercial: false,
        source: "Sagonas et al.: 300 Faces in-the-Wild Challenge, ICCV Workshops 2013",
      },
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

/** Photographs of HELEN and AFW are numbered "<photograph>_<face>". */
const groupOf = (originalFile: string): string => originalFile.replace(/_\d+\.\w+$/, "");
