import { cellError, cellOf, parseNumber, type TextRow, type TextTable } from "../text-table.ts";
import { unitOf } from "./action-units.ts";

/** The columns of units in a table, by unit; a unit without a column is absent. */
export const unitColumns = ({ columns }: Pick<TextTable, "columns">): ReadonlyMap<string, string> =>
  new Map(
    columns.flatMap((column): [string, string][] => {
      const unit = unitOf(column);
      return unit === undefined ? [] : [[unit, column]];
    }),
  );

/** What becomes of a label that is neither 0, 1 nor empty. */
export type OtherLabels = "missing" | "refused";

/** Targets of units in a row: 1, 0, and NaN where the cell is empty or there is no column. */
export const unitTargets = (
  row: TextRow,
  units: readonly string[],
  columns: ReadonlyMap<string, string>,
  others: OtherLabels,
): readonly number[] =>
  units.map((unit) => {
    const column = columns.get(unit);
    const text = column === undefined ? "" : cellOf(row, column);
    const value = parseNumber(text);
    if (value === 0 || value === 1) return value;
    if (others === "refused" && text !== "") throw cellError(row, column!, "0, 1 or nothing");
    return Number.NaN;
  });

/** Targets as cells of the label row that is hashed: nothing where missing. */
export const targetCells = (targets: readonly number[]): readonly (number | string)[] =>
  targets.map((target) => (Number.isNaN(target) ? "" : target));
