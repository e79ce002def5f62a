import { errors } from "../errors.ts";
import { missingRows } from "./classification.ts";
import { logitsOfNamed } from "./named-class.ts";
import { idsOf, isMissed } from "./prediction-rows.ts";
import type { ClassAnswers, ClassificationTest } from "./protocol.ts";
import { cellError, numberOf, readTextTable, textOf } from "./text-table.ts";

/**
 * Reads predictions of a classifier, one row a sample: a column `id` (or `file`), then either `label`, the class named,
 * or one column for each class with its probability, 0 to 1 (rows are scaled to the sum 1). All cells but the id are
 * empty where the face was missed.
 */
export function readClassPredictions(text: string, test: ClassificationTest, file: string): ClassAnswers {
  const { columns, rows } = readTextTable(text, file);
  const ids = idsOf({ file, columns, rows }, test);
  const others = columns.filter((column) => column !== ids.column);
  const isLabelled = others.length === 1 && others[0] === "label";
  if (!isLabelled) checkColumns(others, test, file);
  const named = [...test.classes];
  const answers = new Map<string, number[] | null>();
  const labels = isLabelled ? named : others;
  for (const row of rows) {
    const id = ids.read(row, answers);
    if (id === undefined) continue;
    if (isMissed(row, others)) {
      answers.set(id, null);
    } else if (isLabelled) {
      const name = test.classOf(textOf(row, "label"));
      if (name === undefined) throw cellError(row, "label", `one of ${test.classes.join(", ")}`);
      if (!named.includes(name)) named.push(name);
      answers.set(id, [named.indexOf(name)]);
    } else {
      const probabilities = others.map((column) => numberOf(row, column, { minimum: 0, maximum: 1 }));
      if (!probabilities.some((probability) => probability > 0)) {
        throw cellError(row, others[0]!, "a row with at least one probability above 0");
      }
      answers.set(id, probabilities.map(Math.log));
    }
  }
  if (answers.size < test.samples.length) throw missingRows(file, test.samples, answers);
  if (!isLabelled) return { labels, logits: answers, hasProbabilities: true };
  const chosen = (row: number[] | null) => row && logitsOfNamed(row[0], named.length);
  return {
    labels: named,
    logits: new Map([...answers].map(([id, row]) => [id, chosen(row)])),
    hasProbabilities: false,
  };
}

function checkColumns(columns: readonly string[], test: ClassificationTest, file: string): void {
  const strange = columns.find((column) => test.classOf(column) === undefined && !test.leftOut?.includes(column));
  const missing = test.classes.find((name) => !columns.some((column) => test.classOf(column) === name));
  if (strange === undefined && missing === undefined) return;
  throw errors["table-format"]({
    where: file,
    expected: `beside the id a column "label", or one for each of ${test.classes.join(", ")}`,
    received: strange === undefined ? `none for ${missing}` : `a column "${strange}"`,
  });
}
