import { nameText, valueText } from "../numbers.ts";
import type { ConfusionCell, ConfusionSection, ReportPicture } from "../report-input.ts";
import type { JudgedSample, JudgedSamples } from "./judged-samples.ts";
import type { ReportLimits } from "./source.ts";

/**
 * The confusion matrix of answered samples: a column for each of the `classes`, for each other label that was named,
 * and for missed faces where there are some. Pictures of mistakes are the surest first, of hits the least sure first.
 */
export function confusionOf(
  { names, samples }: JudgedSamples,
  classes: readonly string[],
  limits: Pick<ReportLimits, "perCell" | "cells">,
): ConfusionSection {
  const named = new Set(samples.map(({ answer }) => answer));
  const columns: (number | null)[] = [...names.keys()].filter((c) => c < classes.length || named.has(c));
  if (named.has(null)) columns.push(null);
  const cells = classes.map((_, target) =>
    columns.map((answer) => samples.filter((sample) => sample.target === target && sample.answer === answer)),
  );
  const shown = picturesPerCell(cells, limits);
  return {
    kind: "confusion",
    classes,
    answers: columns.map((column) => (column === null ? "missed" : names[column]!)),
    cells: cells.map((row, target) =>
      row.map((cell, column): ConfusionCell => {
        const isRight = columns[column] === target;
        const sorted = [...cell].sort((a, b) => (isRight ? sureness(a) - sureness(b) : sureness(b) - sureness(a)));
        return {
          count: cell.length,
          pictures: sorted.slice(0, shown(target, column)).map((sample) => classPicture(sample, names)),
        };
      }),
    ),
  };
}

/** The probability of the class that was named; 0 where none was told. */
export const sureness = ({ answer, probabilities }: JudgedSample): number =>
  answer === null ? 0 : (probabilities?.[answer] ?? 0);

/** A sample's picture with what was answered. */
export function classPicture(sample: JudgedSample, names: readonly string[]): ReportPicture {
  const { id, target, answer, probabilities } = sample;
  const told = (name: number) => {
    const probability = probabilities === null ? "" : ` ${valueText(probabilities[name]!, "fraction")}`;
    return `${nameText(names[name]!)}${probability}`;
  };
  if (answer === null) return { sample: id, title: "missed", detail: [`true: ${told(target)}`] };
  return { sample: id, title: told(answer), detail: answer === target ? ["right"] : [`true: ${told(target)}`] };
}

/** How many pictures each cell may show: `perCell` until `cells` are given out, mistakes first, the fullest first. */
function picturesPerCell(
  cells: readonly (readonly (readonly unknown[])[])[],
  { perCell, cells: budget }: Pick<ReportLimits, "perCell" | "cells">,
): (target: number, column: number) => number {
  const order = cells
    .flatMap((row, target) => row.map((cell, column) => ({ target, column, count: cell.length })))
    .sort((a, b) => Number(a.target === a.column) - Number(b.target === b.column) || b.count - a.count);
  const shown = new Map<string, number>();
  let left = budget;
  for (const { target, column, count } of order) {
    const own = Math.min(perCell, count, left);
    shown.set(`${target} ${column}`, own);
    left -= own;
  }
  return (target, column) => shown.get(`${target} ${column}`) ?? 0;
}
