import { idsOf } from "./prediction-rows.ts";
import type { DetectionTest, FoundBox } from "./protocol.ts";
import { numberOf, readTextTable } from "./text-table.ts";

/**
 * Reads found boxes, one row a detection: a column `file` (or `id`), then x, y (top left corner), width and height in
 * pixels of the picture, and score, larger for surer. A picture without a row has no finds.
 */
export function readBoxPredictions(
  text: string,
  test: DetectionTest,
  file: string,
): ReadonlyMap<string, readonly FoundBox[]> {
  const table = readTextTable(text, file, ["x", "y", "width", "height", "score"]);
  const ids = idsOf(table, test);
  const answers = new Map<string, FoundBox[]>();
  for (const row of table.rows) {
    const id = ids.read(row);
    if (id === undefined) continue;
    const found = {
      box: {
        x: numberOf(row, "x"),
        y: numberOf(row, "y"),
        width: numberOf(row, "width", { minimum: 0 }),
        height: numberOf(row, "height", { minimum: 0 }),
      },
      score: numberOf(row, "score"),
    };
    if (answers.has(id)) answers.get(id)!.push(found);
    else answers.set(id, [found]);
  }
  return answers;
}
