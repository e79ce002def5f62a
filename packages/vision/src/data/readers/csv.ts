import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { createLoader } from "../load.ts";
import { cellError, readTable, type TableRow } from "../table-file.ts";
import type { Dataset, Sample, Split } from "../types.ts";
import { columnsOf, csvTaskSchema, tableTask } from "./csv-tasks.ts";
import { presentRows } from "./present-rows.ts";
import { defineReader } from "./reader.ts";
import { termsOptions } from "./terms-options.ts";

/** What the cells of a split column may say, in small letters. */
const splitWords: Readonly<Record<Split, readonly string[]>> = {
  train: ["train", "training"],
  valid: ["valid", "val", "validation", "dev"],
  test: ["test", "testing"],
};

/**
 * Any CSV table (RFC 4180, UTF-8) with a picture a row: columns become labels of tasks as the options say. An empty cell is a missing
 * label. Without a group column each picture is a group of its own, without a split column all are "train".
 */
export const csv = defineReader({
  summary: "any CSV table with a column of pictures; options say which columns are labels of which tasks",
  options: z.strictObject({
    table: z.string().min(1).default("labels.csv").describe("the table, seen from the folder"),
    picture: z
      .string()
      .min(1)
      .default("file")
      .describe("the column of picture files, seen from the folder of the table"),
    tasks: z
      .array(csvTaskSchema)
      .min(1)
      .refine((tasks) => new Set(tasks.map(({ name }) => name)).size === tasks.length, "expected each name once")
      .describe("what is labelled"),
    group: z
      .string()
      .min(1)
      .optional()
      .describe("the column of the subject, video or photograph, which no split parts"),
    split: z.string().min(1).optional().describe("the column of the part: train, valid or test"),
    ...termsOptions,
  }),
  async read(folder, { table, picture, tasks, group, split, ...terms }): Promise<Dataset> {
    const file = resolve(folder, table);
    const optional = [group, split].filter((column) => column !== undefined);
    const rows = await readTable(file, [picture, ...tasks.flatMap(columnsOf), ...optional]);
    const pictures = await presentRows(dirname(file), rows, { column: picture, table: file });
    const bound = tasks.map((task) => tableTask(task, rows));
    const samples = pictures.map(
      ({ row, id, file }): Sample => ({
        id,
        image: { file },
        labels: Object.fromEntries(bound.map(({ name, labelOf }) => [name, labelOf(row)])),
        group: (group !== undefined && row.cells[group]) || id,
        split: split === undefined ? "train" : splitOf(row, split),
      }),
    );
    return {
      name: basename(resolve(folder)),
      samples,
      classes: Object.fromEntries(bound.flatMap(({ name, classes }) => (classes ? [[name, classes] as const] : []))),
      terms,
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

function splitOf(row: TableRow, column: string): Split {
  const word = row.cells[column]!.trim().toLowerCase();
  const found = Object.entries(splitWords).find(([, words]) => words.includes(word));
  if (found === undefined) throw cellError(row, column, `one of ${Object.values(splitWords).flat().join(", ")}`);
  return found[0] as Split;
}
