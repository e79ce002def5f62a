import type { MetricInfo } from "../protocol.ts";

/** Names of action units by their numbers in FACS: 4 is "AU4". */
export const unitNames = (numbers: readonly number[]): readonly string[] => numbers.map((number) => `AU${number}`);

/** The action unit that a name means ("AU4", "au 04", "AU_4"), undefined for none. */
export function unitOf(name: string): string | undefined {
  const number = /^\s*au[ _]?0*(\d+)\s*$/i.exec(name)?.[1];
  return number && `AU${number}`;
}

/** The key in results of a unit's F1. */
export const unitKey = (unit: string): string => `f1_${unit.toLowerCase()}`;

/** What is measured of each unit. */
export const unitMetrics = (units: readonly string[]): readonly MetricInfo[] =>
  units.map((unit) => ({
    name: unitKey(unit),
    unit: "fraction",
    higherIsBetter: true,
    summary: `F1 of ${unit}; undefined where it is neither labelled nor named`,
  }));
