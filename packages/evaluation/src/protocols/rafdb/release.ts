import { errors } from "../../errors.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split.ts";
import { findFile, linesOf, wholeNumber } from "../text-lines.ts";
import { cellOf, choiceOf, readTextTable, textOf } from "../text-table.ts";

/** Expressions in the order of their codes from 1. */
export const rafDbExpressions = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"] as const;

/** One picture. */
export interface RafDbRow {
  /** As the list has it. */
  readonly id: string;
  readonly part: string;
  /** Number of its expression, from 0. */
  readonly target: number;
  /** The aligned face where the release has it, else the whole photograph. */
  readonly file: string;
  readonly isAligned: boolean;
}

/** The official name is the second one. */
const lists = ["list_partition_label.txt", "list_patition_label.txt"];

/**
 * Reads the basic set of RAF-DB in either layout. Official: list_patition_label.txt (or spelled with an r), a line
 * "test_0001.jpg 7" for each picture, the part before the underscore. Packed: labels.csv with `file`, `expression` (its
 * name) and, if there, `split`.
 */
export async function readRafDb(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly RafDbRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) {
    const { rows } = readTextTable(packed, "labels.csv", ["file", "expression"]);
    return {
      layout: "packed",
      rows: rows.map((row) => {
        const id = textOf(row, "file");
        const target = rafDbExpressions.indexOf(choiceOf(row, "expression", rafDbExpressions));
        return { id, file: id, target, part: cellOf(row, "split") || "test", isAligned: true };
      }),
    };
  }
  const list = (await findFile(files, lists[0]!)) ?? (await findFile(files, lists[1]!));
  if (list === undefined) throw noLabels(files, ["labels.csv", lists.join(" or ")]);
  const byName = new Map((await files.names()).map((file) => [file.split("/").at(-1)!, file]));
  const rows = linesOf(list.text, list.path).map(({ where, text }): RafDbRow => {
    const [id = "", code = "", ...rest] = text.split(/\s+/);
    const part = /^(train|test)_[^/]+\.jpg$/.exec(id)?.[1];
    if (part === undefined || rest.length > 0) {
      const expected = "a picture train_N.jpg or test_N.jpg and its code";
      throw errors["text-format"]({ where, expected, received: JSON.stringify(text) });
    }
    const aligned = byName.get(id.replace(/\.jpg$/, "_aligned.jpg"));
    return {
      id,
      part,
      target: wholeNumber(where, code, 1, rafDbExpressions.length) - 1,
      file: aligned ?? byName.get(id) ?? id,
      isAligned: aligned !== undefined,
    };
  });
  return { layout: "official", rows };
}
