import { cellOf, numberOf, type TextRow } from "./text-table.ts";

/** What else is labelled of a face, such as how its head is turned: classes in the order of their codes from 1, by column. */
export type Traits = Readonly<Record<string, readonly string[]>>;

/** Classes of one face, by column; what is not labelled, or not told, is absent. */
export type TraitValues = Readonly<Record<string, string>>;

/** The traits of a row of a table; empty cells and columns that are not there are absent. */
export function traitsOf(row: TextRow, traits: Traits): TraitValues {
  return Object.fromEntries(
    Object.entries(traits).flatMap(([column, classes]) => {
      if (cellOf(row, column) === "") return [];
      const code = numberOf(row, column, { minimum: 1, maximum: classes.length, whole: true });
      return [[column, classes[code - 1]!]];
    }),
  );
}
