import { unitNames, unitOf } from "../multitask/action-units.ts";
import { unitColumns, unitTargets } from "../multitask/unit-targets.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { cellOf, readTextTable, type TextRow, textOf } from "../text-table.ts";

/** The 17 units of muscles and 6 of the head's motion (51 to 56), in the order of the challenge. */
export const emotioNetUnits = unitNames([
  1, 2, 4, 5, 6, 9, 10, 12, 15, 17, 18, 20, 24, 25, 26, 28, 43, 51, 52, 53, 54, 55, 56,
]);

/** One labelled picture. */
export interface EmotioNetRow {
  readonly id: string;
  readonly part: string;
  readonly file: string;
  readonly unit: string;
  /** 1, 0, and NaN where missing. */
  readonly targets: readonly number[];
}

/** Parts by a word in the name of the list. */
const partWords = { test: "test", valid: "validation", optim: "optimization", train: "train" } as const;

/**
 * Reads EmotioNet in either layout. Official: lists of tab-separated rows under a header, the address of the picture
 * first and a column for each unit; the part is told by the name of the list. Packed: labels.csv with `file`, a column
 * for each unit and, if there, `split` and `group`. Any label but 0 and 1 is missing, as 999 is and, in some lists, -1.
 */
export async function readEmotioNet(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly EmotioNetRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) {
    const table = readTextTable(packed, "labels.csv", ["file"]);
    const columns = unitColumns(table);
    const rows = table.rows.map((row) => {
      const id = textOf(row, "file");
      const targets = unitTargets(row, emotioNetUnits, columns, "missing");
      const part = cellOf(row, "split") || "test";
      return { id, file: id, part, unit: cellOf(row, "group") || id, targets };
    });
    return { layout: "packed", rows };
  }
  const names = (await files.names()).filter((name) => /\.(txt|tsv)$/i.test(name));
  const lists = await Promise.all(
    names.map(async (name) => {
      const text = (await files.text(name)) ?? "";
      return isList(text) ? readList(text, name) : [];
    }),
  );
  const rows = lists.flat();
  if (rows.length === 0) throw noLabels(files, ["labels.csv", "tab-separated lists of addresses and action units"]);
  return { layout: "official", rows };
}

const isList = (text: string): boolean =>
  (text.split(/\r?\n/, 1)[0] ?? "").split("\t").some((cell) => emotioNetUnits.includes(unitOf(cell) ?? ""));

function readList(text: string, name: string): readonly EmotioNetRow[] {
  const word = (Object.keys(partWords) as (keyof typeof partWords)[]).find((key) => name.toLowerCase().includes(key));
  const [header = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const names = header.split("\t").map((cell) => cell.trim());
  const columns = unitColumns({ columns: names });
  return lines.flatMap((line, i): EmotioNetRow[] => {
    if (line === "") return [];
    const cells = Object.fromEntries(line.split("\t").map((cell, c) => [names[c] ?? "", cell.trim()]));
    const row: TextRow = { file: name, line: i + 2, cells };
    const id = textOf(row, names[0]!);
    const targets = unitTargets(row, emotioNetUnits, columns, "missing");
    return [{ id, file: id.split("/").at(-1)!, part: word ? partWords[word] : "test", unit: id, targets }];
  });
}
