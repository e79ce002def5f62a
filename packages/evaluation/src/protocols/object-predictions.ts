import { idsOf } from "./prediction-rows.ts";
import type { FoundObject, ObjectAnswers, ObjectsTest, PredictionFile, PredictionFormat } from "./protocol.ts";
import { choiceOf, numberOf, readTextTable } from "./text-table.ts";

/** What reading predictions needs to know of the split. */
export type ObjectSplit = Pick<ObjectsTest, "samples" | "others" | "classes">;

/**
 * Found boxes of several classes as a comma-separated table, one row a find: a column `file` (or `id`), `class` by name,
 * then x, y (top left corner), width and height in pixels of the picture, and score, larger for surer. A picture without
 * a row has no finds.
 */
export const objectTable = (split: ObjectSplit): PredictionFormat<ObjectAnswers> => ({
  read: ([file]) => readObjectTable(file!, split),
});

function readObjectTable({ name, text }: PredictionFile, split: ObjectSplit): ObjectAnswers {
  const table = readTextTable(text, name, ["class", "x", "y", "width", "height", "score"]);
  const ids = idsOf(table, split);
  return groupFinds(
    table.rows.flatMap((row) => {
      const id = ids.read(row);
      if (id === undefined) return [];
      const box = {
        x: numberOf(row, "x"),
        y: numberOf(row, "y"),
        width: numberOf(row, "width", { minimum: 0 }),
        height: numberOf(row, "height", { minimum: 0 }),
      };
      return [{ id, find: { category: choiceOf(row, "class", split.classes), box, score: numberOf(row, "score") } }];
    }),
  );
}

/** Finds by the sample that they were found in, in the order of their rows. */
export function groupFinds(finds: Iterable<{ readonly id: string; readonly find: FoundObject }>): ObjectAnswers {
  const answers = new Map<string, FoundObject[]>();
  for (const { id, find } of finds) {
    if (answers.has(id)) answers.get(id)!.push(find);
    else answers.set(id, [find]);
  }
  return answers;
}
