import { errors } from "../errors.ts";
import { missingRows } from "./classification.ts";
import { logitsOfNamed } from "./named-class.ts";
import { idsOf, isMissed } from "./prediction-rows.ts";
import type { MultitaskAnswer, MultitaskTest } from "./protocol.ts";
import { cellError, listed, numberOf, readTextTable, type TextRow, textOf } from "./text-table.ts";

/** How the class of a row is told: by its name in one column, or by a column of probabilities for each. */
type ClassColumns = "expression" | readonly string[];

/**
 * Reads predictions of several tasks, one row a sample: a column `id` (or `file`); one for each quantity; `expression`,
 * the class named, or one column for each class with its probability; and one for each label with its score, 0 to 1
 * (0 and 1 where it was decided already). Columns of labels that are not scored are passed over. All cells but the id
 * are empty where the face was missed.
 */
export function readMultitaskPredictions(
  text: string,
  test: MultitaskTest,
  file: string,
): ReadonlyMap<string, MultitaskAnswer | null> {
  const { columns, rows } = readTextTable(text, file);
  const ids = idsOf({ file, columns, rows }, test);
  const others = columns.filter((column) => column !== ids.column);
  const columnOf = (name: string, meaning: (column: string) => string | undefined): string => {
    const found = others.filter((column) => meaning(column) === name);
    if (found.length === 1) return found[0]!;
    const received = found.length > 1 ? `${found.length} of them` : `only ${listed(others)}`;
    throw errors["table-format"]({ where: file, expected: `one column for ${name}`, received });
  };
  const quantities = test.quantities.map((name) => columnOf(name, (column) => column));
  const isNamed = test.classes.length > 0 && others.includes("expression");
  const classes: ClassColumns = isNamed ? "expression" : test.classes.map((name) => columnOf(name, test.classOf));
  const labels = test.labels.map((name) => columnOf(name, test.labelOf));
  const known = [...quantities, ...(typeof classes === "string" ? [classes] : classes), ...labels];
  const strange = others.find((column) => !known.includes(column) && test.labelOf(column) === undefined);
  if (strange !== undefined) {
    const expected = `columns ${listed([...test.quantities, ...test.classes, ...test.labels])}`;
    throw errors["table-format"]({ where: file, expected, received: `"${strange}"` });
  }
  const answers = new Map<string, MultitaskAnswer | null>();
  for (const row of rows) {
    const id = ids.read(row, answers);
    if (id === undefined) continue;
    const answer = (): MultitaskAnswer => ({
      quantities: quantities.map((column) => numberOf(row, column)),
      logits: logitsOf(row, classes, test),
      scores: labels.map((column) => numberOf(row, column, { minimum: 0, maximum: 1 })),
    });
    answers.set(id, isMissed(row, others) ? null : answer());
  }
  if (answers.size < test.samples.length) throw missingRows(file, test.samples, answers);
  return answers;
}

function logitsOf(row: TextRow, columns: ClassColumns, { classes, classOf }: MultitaskTest): ArrayLike<number> {
  if (columns !== "expression") {
    const probabilities = columns.map((column) => numberOf(row, column, { minimum: 0, maximum: 1 }));
    if (columns.length > 0 && !probabilities.some((probability) => probability > 0)) {
      throw cellError(row, columns[0]!, "a row with at least one probability above 0");
    }
    return probabilities.map(Math.log);
  }
  const told = textOf(row, columns);
  const name = classOf(told);
  if (name === undefined) throw cellError(row, columns, `one of ${classes.join(", ")}`);
  return logitsOfNamed(classes.indexOf(name), classes.length);
}
