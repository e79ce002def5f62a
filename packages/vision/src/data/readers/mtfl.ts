import { join } from "node:path";
import { z } from "zod";
import type { Point } from "../../image/image.ts";
import { createLoader } from "../load.ts";
import { integerOf, numberOf, readTable, type TableRow } from "../table-file.ts";
import type { Label, Sample } from "../types.ts";
import { defineReader } from "./reader.ts";

const pointNames = ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"];

/** The tasks with classes: the cell holds 1 for the first of `codes`, 2 for the second and so on. */
const attributes = {
  smile: { classes: ["no", "yes"], codes: [1, 0] },
  glasses: { classes: ["no", "yes"], codes: [1, 0] },
  head_pose: { classes: ["left_profile", "left", "frontal", "right", "right_profile"], codes: [0, 1, 2, 3, 4] },
} as const;

/**
 * MTFL (Zhang et al., ECCV 2014): one face a picture, tasks `landmarks5`, `smile`, `glasses`, `head_pose`.
 * An empty cell is a missing label. The group is the person (pictures from LFW) or the photograph.
 */
export const mtfl = defineReader({
  summary: "MTFL: images with labels.csv, five landmarks, smile, glasses and head pose",
  knownBy: { file: "labels.csv", columns: ["mouth_left_x", "head_pose"] },
  options: z.strictObject({}),
  async read(folder) {
    const rows = await readTable(join(folder, "labels.csv"), [
      ...["file", "original_file", ...Object.keys(attributes)],
      ...pointNames.flatMap((name) => [`${name}_x`, `${name}_y`]),
    ]);
    return {
      name: "mtfl",
      samples: rows.map(
        (row): Sample => ({
          id: row.cells.file!,
          image: { file: join(folder, row.cells.file!) },
          labels: { landmarks5: pointsOf(row), ...attributesOf(row) },
          group: groupOf(row.cells.original_file!),
          split: "train",
        }),
      ),
      classes: Object.fromEntries(Object.entries(attributes).map(([task, { classes }]) => [task, classes])),
      terms: {
        licence: "CUHK Multimedia Laboratory: non-commercial research only",
        publishable: false,
        commercial: false,
        source: "Zhang, Luo, Loy, Tang: Facial Landmark Detection by Deep Multi-task Learning, ECCV 2014",
      },
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

function pointsOf(row: TableRow): Label | undefined {
  if (pointNames.some((name) => row.cells[`${name}_x`] === "")) return undefined;
  return {
    kind: "points",
    points: pointNames.map((name): Point => [numberOf(row, `${name}_x`), numberOf(row, `${name}_y`)]),
  };
}

function attributesOf(row: TableRow): Record<string, Label> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([task]) => row.cells[task] !== "")
      .map(([task, { codes }]) => [task, { kind: "class", index: codes[integerOf(row, task, 1, codes.length) - 1]! }]),
  );
}

/** "lfw_5590/Aaron_Pena_0001.jpg" is a picture of Aaron Pena; "net_7876/1002_0_0.jpg" a face of photograph 1002. */
function groupOf(originalFile: string): string {
  const [source = "", name = ""] = originalFile.split("/");
  return source.startsWith("lfw") ? `lfw/${name.replace(/_\d+\.\w+$/, "")}` : `${source}/${name.split("_")[0]}`;
}
