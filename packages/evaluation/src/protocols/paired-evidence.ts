import type { BootstrapOptions } from "../statistics/bootstrap.ts";
import { type PairedDifference, pairedTestsTogether } from "../statistics/paired.ts";
import type { Outcome, Remeasure } from "./outcomes.ts";

/**
 * Paired tests of the metrics that are measured anew from the evidence of samples, second against first, all read off the
 * same draws of units; undefined where a sample of either has no evidence. Both are of the same samples.
 */
export function pairedEvidence(
  remeasure: Remeasure,
  [first, second]: readonly [readonly Outcome[], readonly Outcome[]],
  options: BootstrapOptions,
): Readonly<Record<string, PairedDifference>> | undefined {
  if ([...first, ...second].some(({ evidence }) => evidence === undefined)) return undefined;
  // sorted, so that the order of samples never decides
  const names = [...new Set(first.map(({ unit }) => unit))].sort();
  const [before, after] = [first, second].map((outcomes) => byUnit(outcomes, names)) as [Outcome[][], Outcome[][]];
  const tests = { first: remeasure(before), second: remeasure(after), both: remeasure([...before, ...after]) };
  return pairedTestsTogether(tests, { ...options, units: names.length });
}

/** The outcomes of each unit, by their ids. */
function byUnit(outcomes: readonly Outcome[], names: readonly string[]): Outcome[][] {
  const units = new Map(names.map((name): [string, Outcome[]] => [name, []]));
  for (const outcome of outcomes) units.get(outcome.unit)?.push(outcome);
  for (const unit of units.values()) unit.sort((a, b) => (a.id < b.id ? -1 : 1));
  return [...units.values()];
}
