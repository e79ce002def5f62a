import { join } from "node:path";
import { z } from "zod";
import type { Box, Point } from "../../image/image.ts";
import { createLoader } from "../load.ts";
import { holdOut } from "../split.ts";
import { choiceOf, integerOf, numberOf, readTable, type TableRow } from "../table-file.ts";
import type { LabelledBox, Sample } from "../types.ts";
import { defineReader } from "./reader.ts";

/** YuNet's score from which its find counts where no person drew boxes; below it many are wrong. */
const trustedScore = 0.6;

/**
 * How boxes drawn by people lie about YuNet's of the same face, by source (median over 3,762 and 1,136 pairs with
 * score > 0.8): centre shifted by x * width and y * height, sides multiplied. FDDB boxes reach from the hairline to the
 * chin, the others from the brow to the chin.
 */
const humanConvention: Readonly<Record<string, { x: number; y: number; width: number; height: number }>> = {
  FDDB: { x: 0.007, y: -0.078, width: 1.113, height: 1.223 },
  face_mask_detection: { x: 0.019, y: 0.124, width: 1.064, height: 0.909 },
};

/**
 * Real photographs with all their faces, and some without, task `faces` (boxes).
 * Validation is one fold of FDDB and a tenth of every other source, by picture.
 */
export const faceScenes = defineReader({
  summary: "photographs with face boxes: images.csv, faces.csv, faces_yunet.csv, images/, negatives/",
  knownBy: { file: "images.csv", columns: ["source", "labels", "yunet_faces_06"] },
  options: z.strictObject({
    /**
     * `human`: boxes as people drew them, in two conventions, without points. `yunet`: where people saw a face, the box
     * and the five points of the detector's find that overlaps it, so that all boxes follow one convention; a face that
     * it did not find keeps its human box, corrected to that convention.
     */
    boxes: z.enum(["human", "yunet"]).default("yunet"),
    /** Which pictures: labelled by people, by machine only, or without a face. */
    pictures: z.array(z.enum(["human", "machine", "negative"])).default(["human", "machine", "negative"]),
    /** The fold of FDDB that is kept out for validation. */
    fold: z.string().default("fold08"),
    /** The share of every other source that is kept out. */
    fraction: z.number().min(0).max(1).default(0.1),
    seed: z.int().default(0),
  }),
  async read(folder, { boxes, pictures, fold, fraction, seed }) {
    const images = await readTable(join(folder, "images.csv"), [
      "file",
      "source",
      "group",
      "width",
      "height",
      "labels",
    ]);
    const people = byFile(await readTable(join(folder, "faces.csv"), ["file", ...boxColumns, "kind", "origin"]));
    const machine = byFile(await readTable(join(folder, "faces_yunet.csv"), machineColumns));

    const samples = images.map((row): Sample => {
      const file = row.cells.file!;
      const labels = choiceOf(row, "labels", ["human", "machine", "negative"]);
      const rows = { people: people.get(file) ?? [], machine: machine.get(file) ?? [] };
      const found = {
        negative: () => [],
        machine: () => machineBoxes(rows.machine),
        human: () => (boxes === "human" ? rows.people.map(humanBox) : matchedBoxes(rows, row.cells.source!)),
      }[labels]();
      return {
        id: file,
        image: { file: join(folder, file) },
        labels: { faces: { kind: "boxes", boxes: found } },
        group: row.cells.group || file,
        split: "train",
      };
    });
    const sources = new Map(images.map(({ cells }) => [cells.file!, { source: cells.source!, labels: cells.labels! }]));
    // The split is made before pictures are chosen, so that the choice does not move any from one part to the other.
    const split = holdOut(samples, {
      groups: [fold],
      fraction,
      seed,
      stratum: ({ id }) => `${sources.get(id)!.source} ${sources.get(id)!.labels}`,
    });
    return {
      name: "face_scenes",
      samples: split.filter(({ id }) => (pictures as string[]).includes(sources.get(id)!.labels)),
      classes: {},
      terms: {
        licence: "news, stock and Flickr photographs, not cleared; FDDB: research only",
        publishable: false,
        commercial: false,
        source: "Jain, Learned-Miller: FDDB, UM-CS-2010-009, and other sets named in the folder's README",
      },
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

const boxColumns = ["x", "y", "width", "height"];
const pointColumns = ["eye1", "eye2", "nose", "mouth1", "mouth2"].map((name) => [`${name}_x`, `${name}_y`] as const);
const machineColumns = ["file", "score", ...boxColumns, ...pointColumns.flat(), "at640", "human_index"];

const boxOf = (row: TableRow): Box => ({
  x: numberOf(row, "x"),
  y: numberOf(row, "y"),
  width: numberOf(row, "width", 0),
  height: numberOf(row, "height", 0),
});

const pointsOf = (row: TableRow): Point[] => pointColumns.map(([x, y]) => [numberOf(row, x), numberOf(row, y)]);

const humanBox = (row: TableRow): LabelledBox => ({
  box: boxOf(row),
  kind: choiceOf(row, "kind", ["face", "hard", "ignore"]),
});

/** Finds at the plain scale with a good score are faces, the others may be. */
const machineBoxes = (rows: readonly TableRow[]): LabelledBox[] =>
  rows.map((row) => ({
    box: boxOf(row),
    points: pointsOf(row),
    kind: numberOf(row, "score") >= trustedScore && row.cells.at640 === "1" ? "face" : "ignore",
  }));

function matchedBoxes(
  rows: { people: readonly TableRow[]; machine: readonly TableRow[] },
  source: string,
): LabelledBox[] {
  const matches = new Map(
    rows.machine
      .filter((row) => row.cells.human_index !== "" && row.cells.human_index !== "-1")
      .map((row) => [integerOf(row, "human_index", 0, rows.people.length - 1), row]),
  );
  let human = 0; // `human_index` counts the rows of people only
  return rows.people.map((row): LabelledBox => {
    const own = humanBox(row);
    if (row.cells.origin !== "human") return own;
    const match = matches.get(human++);
    if (match !== undefined) return { box: boxOf(match), points: pointsOf(match), kind: own.kind };
    return { ...own, box: toMachineConvention(own.box, source) };
  });
}

function toMachineConvention(box: Box, source: string): Box {
  const convention = humanConvention[source];
  if (convention === undefined) return box;
  const width = box.width / convention.width;
  const height = box.height / convention.height;
  return {
    x: box.x + box.width / 2 - convention.x * width - width / 2,
    y: box.y + box.height / 2 - convention.y * height - height / 2,
    width,
    height,
  };
}

function byFile(rows: readonly TableRow[]): Map<string, TableRow[]> {
  const groups = new Map<string, TableRow[]>();
  for (const row of rows) {
    const group = groups.get(row.cells.file!);
    if (group) group.push(row);
    else groups.set(row.cells.file!, [row]);
  }
  return groups;
}
