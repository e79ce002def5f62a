import { scatterChart } from "../charts/scatter-chart.ts";
import { html, type Markup } from "../markup.ts";
import type { ScatterSection } from "../report-input.ts";
import { type SectionContext, sectionFrame } from "./section.ts";

/** Answers over labels with the values worth reading off. */
export function scatterSection(section: ScatterSection, context: SectionContext): Markup {
  const { title, summary, readings } = section;
  const told = readings.map(({ name, value }) => `${name} ${value}`).join(", ");
  const values = readings.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const label = `${title}${told === "" ? "" : `: ${told}`}`;
  return sectionFrame(
    context,
    { title, summary, width: "half" },
    html`${scatterChart({ ...section, label })}<dl class="readings">${values}</dl>`,
  );
}
