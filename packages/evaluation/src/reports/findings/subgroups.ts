import type { Test } from "../../protocols/protocol.ts";
import { nameText } from "../numbers.ts";
import type { ReportValue, SubgroupsSection } from "../report-input.ts";

/** What is measured of each subgroup. */
export interface SubgroupColumn<Sample> {
  readonly name: string;
  readonly unit: string;
  readonly measure: (samples: readonly Sample[]) => ReportValue;
}

/** A section for each attribute that samples have, such as head pose; samples without the attribute are in no row. */
export function attributeSections<Sample extends { readonly id: string }>(
  subgroups: Test["subgroups"],
  {
    samples,
    columns,
    counted,
    minimum,
  }: {
    readonly samples: readonly Sample[];
    readonly columns: readonly SubgroupColumn<Sample>[];
    readonly counted: string;
    readonly minimum: number;
  },
): SubgroupsSection[] {
  return Object.entries(subgroups ?? {}).map(([attribute, values]) => {
    const groups = new Map<string, Sample[]>();
    for (const sample of samples) {
      const value = values.get(sample.id);
      if (value === undefined) continue;
      if (groups.has(value)) groups.get(value)!.push(sample);
      else groups.set(value, [sample]);
    }
    return {
      kind: "subgroups",
      title: `By ${nameText(attribute)}`,
      summary: "",
      counted,
      minimum,
      columns: columns.map(({ name, unit, measure }) => ({ name, unit, overall: measure(samples).value })),
      rows: [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, own]) => ({ name, count: own.length, values: columns.map(({ measure }) => measure(own)) })),
    };
  });
}
