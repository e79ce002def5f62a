import { join } from "node:path";
import { z } from "zod";
import { errors } from "../../errors.ts";
import { createLoader } from "../load.ts";
import { choiceOf, integerOf, readTable } from "../table-file.ts";
import type { Label, Sample } from "../types.ts";
import { affectOfVotes } from "./affect-of-votes.ts";
import { type FerPlusMode, ferPlusClasses, ferPlusColumns, ferPlusTarget } from "./fer-plus.ts";
import { defineReader } from "./reader.ts";

const tileSize = 48;
const tilesPerRow = 50;
const tilesPerSheet = 2000;

/**
 * FER-2013 with the votes of FER+: grey faces of 48x48 pixels in sheets of 2,000, label task `expression`. The task `affect` (valence,
 * arousal) is derived from the same votes by a table (`affectOfVotes`): nobody has rated it.
 * Train targets follow `labels`; valid and test are always by majority, as the official evaluation has it.
 * Pictures without a clear expression are left out of every part. Pictures that are equal byte for byte form a group.
 */
export const fer2013 = defineReader({
  summary: "FER-2013 in sheets (train_00.png ...) with labels.csv, which holds the FER+ votes",
  knownBy: { file: "labels.csv", columns: ["sheet", "tile", "ferplus_neutral"] },
  options: z.strictObject({
    labels: z.enum(["majority", "votes", "multi_target"]).default("votes"),
    /** Training pictures that have a near copy in the validation part: leave them out when choosing on it. */
    near_publictest: z.enum(["keep", "drop"]).default("drop"),
    /** Pictures whose votes may belong to another picture of the same emotion. */
    jpeg_recovered: z.enum(["keep", "drop"]).default("drop"),
  }),
  async read(folder, options) {
    const file = join(folder, "labels.csv");
    const rows = await readTable(file, [...ownColumns, ...ferPlusColumns.map((name) => `ferplus_${name}`)]);
    const samples = rows.flatMap((row): Sample[] => {
      const split = choiceOf(row, "split", ["train", "valid", "test"]);
      if (split === "train" && options.near_publictest === "drop" && row.cells.near_publictest === "1") return [];
      // The recovered ones stay in valid: what is measured on must not depend on what is trained on.
      if (split === "train" && options.jpeg_recovered === "drop" && row.cells.pixels === "jpeg_recovered") return [];
      const votes = ferPlusColumns.map((name) => integerOf(row, `ferplus_${name}`, 0, 10));
      const label = labelOf(votes, split === "train" ? options.labels : "majority");
      if (label === undefined) return [];
      const sheet = row.cells.sheet!;
      const tile = integerOf(row, "tile", 0, tilesPerSheet - 1);
      return [
        {
          id: `${split}/${row.cells.row}`,
          image: {
            file: join(folder, sheet),
            tile: {
              x: tileSize * (tile % tilesPerRow),
              y: tileSize * Math.floor(tile / tilesPerRow),
              width: tileSize,
              height: tileSize,
            },
          },
          labels: { expression: label, affect: { kind: "values", values: affectOfVotes(votes) } },
          group: `${sheet}:${tile}`,
          split,
        },
      ];
    });
    if (samples.length === 0) {
      throw errors["data-count"]({ where: file, expected: "at least one labelled row", received: "none" });
    }
    return {
      name: "fer2013",
      samples,
      classes: { expression: ferPlusClasses },
      terms: {
        licence: "pictures: none from the photographers, research use only; FER+ votes: MIT",
        publishable: false,
        commercial: false,
        source: "Goodfellow et al. 2013, arXiv:1307.0414; Barsoum et al. 2016, arXiv:1608.01041",
      },
      load: createLoader({ colors: "gray" }),
    };
  },
});

const ownColumns = ["row", "split", "sheet", "tile", "pixels", "near_publictest"];

function labelOf(votes: readonly number[], mode: FerPlusMode): Label | undefined {
  const target = ferPlusTarget(votes, mode);
  if (target === undefined) return undefined;
  return mode === "majority" ? { kind: "class", index: target.indexOf(1) } : { kind: "distribution", values: target };
}
