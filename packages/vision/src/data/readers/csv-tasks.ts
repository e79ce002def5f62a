import { z } from "zod";
import { errors } from "../../errors.ts";
import { cellError, integerOf, numberOf, type TableRow } from "../table-file.ts";
import type { Label } from "../types.ts";

const name = z.string().min(1).describe("the task that the columns are labels of");
const columns = z.array(z.string().min(1)).min(1);
const labels = z.array(z.string().min(1));
const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const classificationTask = z.strictObject({
  kind: z.literal("classification"),
  name,
  columns: columns.length(1).describe("one column: the class of each picture"),
  labels: labels
    .min(2)
    .refine(isDistinct, "expected each label once")
    .optional()
    .describe("the classes in label order; a cell is one of them, or its place from 0; without it the sorted cells"),
});

const multilabelTask = z
  .strictObject({
    kind: z.literal("multilabel"),
    name,
    columns: columns.describe("columns of 0 and 1"),
    labels: labels.min(1).optional().describe("what the columns stand for; without it their own names"),
  })
  .refine((task) => task.labels === undefined || task.labels.length === task.columns.length, {
    message: "expected as many labels as columns",
    path: ["labels"],
  });

const regressionTask = z.strictObject({
  kind: z.literal("regression"),
  name,
  columns: columns.describe("columns of numbers"),
});

const pointsTask = z.strictObject({
  kind: z.literal("points"),
  name,
  columns: z
    .array(z.tuple([z.string().min(1), z.string().min(1)]))
    .min(1)
    .describe("the columns of x and of y of each point, in pixels; 0 is the edge of the first pixel"),
});

/** What columns of a table are labels of. */
export const csvTaskSchema = z.discriminatedUnion("kind", [
  classificationTask,
  multilabelTask,
  regressionTask,
  pointsTask,
]);

export type CsvTask = z.output<typeof csvTaskSchema>;

/** A task of one table. */
export interface TableTask {
  readonly name: string;
  /** Absent for tasks without classes. */
  readonly classes?: readonly string[];
  /** The label of a row; undefined where its cells are empty. */
  readonly labelOf: (row: TableRow) => Label | undefined;
}

/** The columns of the table that a task reads. */
export const columnsOf = ({ columns }: CsvTask): string[] => columns.flat();

/** Makes a task of these rows. */
export function tableTask(task: CsvTask, rows: readonly TableRow[]): TableTask {
  switch (task.kind) {
    case "classification":
      return classesTask(task, rows);
    case "multilabel":
      return {
        name: task.name,
        classes: task.labels ?? task.columns,
        labelOf: valuesOf(task, (row, column) => integerOf(row, column, 0, 1)),
      };
    case "regression":
      return { name: task.name, labelOf: valuesOf(task, numberOf) };
    case "points":
      return { name: task.name, labelOf: pointsOf(task) };
  }
}

const isEmpty = (row: TableRow, column: string): boolean => row.cells[column]!.trim() === "";

function classesTask(
  { name, columns, labels }: z.output<typeof classificationTask>,
  rows: readonly TableRow[],
): TableTask {
  const column = columns[0]!;
  const textOf = (row: TableRow) => row.cells[column]!.trim();
  const classes = labels ?? sortedNames(rows.map(textOf).filter((text) => text !== ""));
  if (classes.length === 0) {
    throw errors["data-count"]({
      where: `${rows[0]?.file}, column "${column}"`,
      expected: "at least one label",
      received: "none",
    });
  }
  // A place is only a place where no label could be meant by it.
  const hasPlaces = labels !== undefined && !labels.some((label) => isNumber(label));
  return {
    name,
    classes,
    labelOf(row) {
      const text = textOf(row);
      if (text === "") return undefined;
      const named = classes.indexOf(text);
      if (named >= 0) return { kind: "class", index: named };
      if (hasPlaces && isNumber(text)) return { kind: "class", index: integerOf(row, column, 0, classes.length - 1) };
      throw cellError(row, column, `one of ${classes.join(", ")}`);
    },
  };
}

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

/** Numbers by size where all are numbers, by character otherwise, so that the order is the same in every language. */
function sortedNames(names: readonly string[]): string[] {
  const distinct = [...new Set(names)].sort();
  return distinct.every(isNumber) ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct;
}

function valuesOf(
  { columns }: { readonly columns: readonly string[] },
  read: (row: TableRow, column: string) => number,
) {
  return (row: TableRow): Label | undefined => {
    if (columns.every((column) => isEmpty(row, column))) return undefined;
    return { kind: "values", values: columns.map((column) => (isEmpty(row, column) ? Number.NaN : read(row, column))) };
  };
}

function pointsOf({ columns }: z.output<typeof pointsTask>) {
  return (row: TableRow): Label | undefined => {
    if (columns.flat().some((column) => isEmpty(row, column))) return undefined;
    return { kind: "points", points: columns.map(([x, y]) => [numberOf(row, x), numberOf(row, y)]) };
  };
}
