import { lineChart } from "../charts/line-chart.ts";
import { html, type Markup } from "../markup.ts";
import type { CurveSection } from "../report-input.ts";
import { type SectionContext, sectionFrame } from "./section.ts";

/** A curve with the values worth reading off. */
export function curveSection(section: CurveSection, context: SectionContext): Markup {
  const { title, summary, readings, lines } = section;
  const told = readings.map(({ name, value }) => `${name} ${value}`).join(", ");
  const label = `${title}${told === "" ? "" : `: ${told}`}`;
  const names = lines.map(({ name, role }) => html`<span><span class="swatch line-${role}"></span> ${name}</span>`);
  const legend = lines.length > 1 && html`<p class="legend">${names}</p>`;
  const values = readings.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const list = readings.length > 0 && html`<dl class="readings">${values}</dl>`;
  return sectionFrame(
    context,
    { title, summary, width: "half" },
    html`${lineChart({ ...section, label })}${legend}${list}`,
  );
}
