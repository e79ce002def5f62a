import { cellError, cellOf, parseNumber, readTextTable, type TextRow, textOf } from "./text-table.ts";

/** What the packed label file of a set of expressions says, besides what all of them say. */
export interface PackedExpressions {
  /** In the order of their codes from 0. */
  readonly classes: readonly string[];
  /** Other names of them, in small letters. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The largest code that a cell may hold in place of a name; those behind the classes are none of them. No codes when absent. */
  readonly largestCode?: number;
  /** Part of the rows that name none. */
  readonly part: string;
}

/** One picture of a packed label file. */
export interface PackedExpression {
  readonly id: string;
  readonly part: string;
  /** The group that must not be torn apart where the file has a column for it, else the picture. */
  readonly unit: string;
  /** Number of its class; absent where it has a code that is none of them. */
  readonly target?: number;
  readonly row: TextRow;
}

/** Reads labels.csv: `file`, `expression` (a name, or a code where the set has codes) and, if there, `split` and `group`. */
export const readPackedExpressions = (text: string, set: PackedExpressions): PackedExpression[] =>
  readTextTable(text, "labels.csv", ["file", "expression"]).rows.map((row) => {
    const id = textOf(row, "file");
    const target = expressionIn(row, set);
    return {
      id,
      part: cellOf(row, "split") || set.part,
      unit: cellOf(row, "group") || id,
      ...(target < set.classes.length ? { target } : {}),
      row,
    };
  });

/** The code that column `expression` tells, by name or as itself. */
export function expressionIn(row: TextRow, set: PackedExpressions): number {
  const told = cellOf(row, "expression");
  const named = expressionOf(told, set);
  if (named >= 0) return named;
  const { classes, largestCode = -1 } = set;
  const code = parseNumber(told);
  if (Number.isInteger(code) && code >= 0 && code <= largestCode) return code;
  const names = `one of ${classes.join(", ")}`;
  throw cellError(row, "expression", largestCode < 0 ? names : `a code from 0 to ${largestCode}, or ${names}`);
}

/** The number of the class that a name means, -1 for none. */
export function expressionOf(
  name: string,
  { classes, aliases }: Pick<PackedExpressions, "classes" | "aliases">,
): number {
  const lower = name.toLowerCase();
  return classes.indexOf(Object.hasOwn(aliases, lower) ? aliases[lower]! : lower);
}
