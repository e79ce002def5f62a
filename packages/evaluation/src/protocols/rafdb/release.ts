import { errors } from "../../errors.ts";
import { readPackedExpressions } from "../packed-expressions.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { findFile, linesOf, wholeNumber } from "../text-lines.ts";

/** Expressions in the order of their codes from 1. */
export const rafDbExpressions = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"] as const;

/** Names that other sets give the same expressions. */
export const rafDbAliases: Readonly<Record<string, string>> = { happy: "happiness", sad: "sadness", angry: "anger" };

/** One picture. */
export interface RafDbRow {
  /** As the list has it. */
  readonly id: string;
  readonly part: string;
  /** Number of its expression, from 0. */
  readonly target: number;
  /** The aligned face, where the release has it. */
  readonly aligned?: string;
  /** The whole photograph, where the release has it; of a packed copy the same picture. */
  readonly whole?: string;
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
    const set = { classes: rafDbExpressions, aliases: rafDbAliases, part: "test" };
    const rows = readPackedExpressions(packed, set).map(({ id, part, target }) => {
      return { id, part, target: target!, aligned: id, whole: id };
    });
    return { layout: "packed", rows };
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
    const whole = byName.get(id);
    return {
      id,
      part,
      target: wholeNumber(where, code, 1, rafDbExpressions.length) - 1,
      ...(aligned === undefined ? {} : { aligned }),
      ...(whole === undefined ? {} : { whole }),
    };
  });
  return { layout: "official", rows };
}
