import { join } from "node:path";
import { z } from "zod";
import { joinDuplicates } from "../duplicates.ts";
import { createLoader } from "../load.ts";
import { cellError, integerOf, readTable, type TableRow } from "../table-file.ts";
import type { Sample } from "../types.ts";
import { presentRows } from "./present-rows.ts";
import { defineReader } from "./reader.ts";

/** Files with neighbouring numbers that form a group: the two eyes of a person stand beside each other, frames of a video too. */
const numbersInGroup = 4;

/**
 * Cropped eyes, task `eye`. People are not named: files with neighbouring numbers, open and closed, are one group, and near copies join
 * groups.
 */
export const eyesOpenClosed = defineReader({
  summary: "single eyes, open and closed: images with labels.csv",
  knownBy: { file: "labels.csv", columns: ["open", "original_file"] },
  options: z.strictObject({
    copies: z
      .enum(["join", "keep"])
      .default("join")
      .describe(
        "join: near copies are one group, which takes a few seconds; keep: they may stand on both sides of a split",
      ),
  }),
  async read(folder, { copies }) {
    const rows = await readTable(join(folder, "labels.csv"), ["file", "open"]);
    const load = createLoader({ maximumBytes: 0 });
    const samples = (await presentRows(folder, rows)).map(
      ({ row, id, file }): Sample => ({
        id,
        image: { file },
        labels: { eye: { kind: "class", index: integerOf(row, "open", 0, 1) } },
        group: `numbers/${Math.floor(numberOf(row) / numbersInGroup)}`,
        split: "train",
      }),
    );
    return {
      name: "eyes_open_closed",
      samples: copies === "join" ? await joinDuplicates(samples, load) : samples,
      classes: { eye: ["closed", "open"] },
      terms: {
        licence: "none stated",
        publishable: false,
        commercial: false,
        source: "eneszzeybek/Driver-Drowsiness-Detection on GitHub",
      },
      load,
    };
  },
});

/** "images/closed_12.jpg" has the number 12. */
function numberOf(row: TableRow): number {
  const number = /_(\d+)\.\w+$/.exec(row.cells.file!)?.[1];
  if (number === undefined) throw cellError(row, "file", "a name that ends in a number, such as closed_12.jpg");
  return Number(number);
}
