import { heatMap } from "../charts/heat-map.ts";
import { html, type Markup } from "../markup.ts";
import type { HeatMapSection } from "../report-input.ts";
import { type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** A heat map with what its colours and marks mean. */
export function heatMapSection(section: HeatMapSection, context: SectionContext): Markup {
  const { title, summary, words, rows, guide } = section;
  const hasMarks = rows.some(({ marked }) => marked !== undefined);
  const legend = html`<p class="legend">
    <span><span class="swatch right"></span> ${words.below}</span>
    <span><span class="swatch wrong"></span> ${words.above}</span>
    ${hasMarks && html`<span><span class="swatch dot"></span> ${words.marked}</span>`}
    ${guide !== undefined && html`<span><span class="swatch guide"></span> ${words.guide}</span>`}</p>`;
  return sectionFrame(
    context,
    { title, summary, width: "wide" },
    html`${scrollable(title, heatMap(section))}${legend}`,
  );
}
