import { errors } from "../errors.ts";
import { missingRows } from "./classification.ts";
import { idsOf, isMissed } from "./prediction-rows.ts";
import type { LandmarkAnswer, LandmarksTest } from "./protocol.ts";
import { numberOf, readTextTable } from "./text-table.ts";
import { traitsOf } from "./traits.ts";

/**
 * Reads predicted landmarks, one row a sample: a column `id` (or `file`), x and y of each point under the names of the
 * label file, and traits by their codes where the set has some and the model tells them. All cells but the id are
 * empty where the face was missed. Further columns are passed over, so that a label file is a set of predictions too.
 */
export function readLandmarkPredictions(
  text: string,
  test: LandmarksTest,
  file: string,
): ReadonlyMap<string, LandmarkAnswer | null> {
  const table = readTextTable(text, file);
  const ids = idsOf(table, test);
  const wanted = test.pointColumns.flat();
  const missing = wanted.find((column) => !table.columns.includes(column));
  if (missing !== undefined) {
    throw errors["table-format"]({
      where: file,
      expected: `columns ${wanted.slice(0, 4).join(", ")} ... ${wanted.at(-1)}`,
      received: `none named "${missing}"`,
    });
  }
  const answers = new Map<string, LandmarkAnswer | null>();
  for (const row of table.rows) {
    const id = ids.read(row, answers);
    if (id === undefined) continue;
    if (isMissed(row, wanted)) {
      answers.set(id, null);
      continue;
    }
    const points = wanted.map((column) => numberOf(row, column));
    answers.set(id, { points, ...(test.traits && { traits: traitsOf(row, test.traits) }) });
  }
  if (answers.size < test.samples.length) throw missingRows(file, test.samples, answers);
  return answers;
}
