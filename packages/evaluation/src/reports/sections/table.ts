import type { Markup } from "../markup.ts";
import type { ReportSection } from "../report-input.ts";
import { confusionSection } from "./confusion.ts";
import { curveSection } from "./curve.ts";
import { figuresSection } from "./figures.ts";
import { heatMapSection } from "./heat-map.ts";
import { metricsSection } from "./metrics.ts";
import { mistakesSection } from "./mistakes.ts";
import { reliabilitySection } from "./reliability.ts";
import { rowsSection } from "./rows.ts";
import { scatterSection } from "./scatter.ts";
import { fixedTitles, type SectionContext } from "./section.ts";
import { smallCurvesSection } from "./small-curves.ts";
import { subgroupsSection } from "./subgroups.ts";
import { thresholdsSection } from "./thresholds.ts";

const sections: {
  readonly [Kind in ReportSection["kind"]]: (
    section: Extract<ReportSection, { kind: Kind }>,
    context: SectionContext,
  ) => Markup;
} = {
  metrics: metricsSection,
  confusion: confusionSection,
  reliability: reliabilitySection,
  curve: curveSection,
  mistakes: mistakesSection,
  subgroups: subgroupsSection,
  thresholds: thresholdsSection,
  figures: figuresSection,
  table: rowsSection,
  "heat-map": heatMapSection,
  scatter: scatterSection,
  "small-curves": smallCurvesSection,
};

/** Draws a section of any kind. */
export const drawSection = (section: ReportSection, context: SectionContext): Markup =>
  (sections[section.kind] as (section: ReportSection, context: SectionContext) => Markup)(section, context);

/** What a section is called in the list of contents. */
export const sectionTitle = (section: ReportSection): string =>
  ("title" in section ? section.title : undefined) ?? fixedTitles[section.kind as keyof typeof fixedTitles];

/** Kinds of sections that stand two beside each other on a wide page. */
const halves: ReadonlySet<ReportSection["kind"]> = new Set(["reliability", "curve", "thresholds", "scatter"]);

/** Which sections of half the width are left without a neighbour: the last of an odd number in a row. */
export function lonelySections(sections: readonly ReportSection[]): ReadonlySet<number> {
  const lonely = new Set<number>();
  let inRow = 0;
  sections.forEach(({ kind }, i) => {
    inRow = halves.has(kind) ? inRow + 1 : 0;
    const next = sections[i + 1];
    if (inRow % 2 === 1 && !(next !== undefined && halves.has(next.kind))) lonely.add(i);
  });
  return lonely;
}
