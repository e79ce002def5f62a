import { smallChart } from "../charts/small-chart.ts";
import { html, type Markup } from "../markup.ts";
import { nameText, valueText } from "../numbers.ts";
import type { CurveAxis, SmallCurvesSection } from "../report-input.ts";
import { type SectionContext, sectionFrame } from "./section.ts";

/** Small curves beside each other, all over the same axes. */
export function smallCurvesSection(
  { title, summary, x, y, charts }: SmallCurvesSection,
  context: SectionContext,
): Markup {
  const items = charts.map(
    ({ name, detail, points }) => html`<li><figure>
      ${smallChart({ x, y, points, label: `${nameText(name)}: ${detail}` })}
      <figcaption><strong>${nameText(name)}</strong><span>${detail}</span></figcaption></figure></li>`,
  );
  const legend = html`<p class="legend">Across ${axisText(x)}, upwards ${axisText(y)}; lines mark the middle.</p>`;
  return sectionFrame(
    context,
    { title, summary, width: "wide" },
    html`<ul class="small-charts">${items}</ul>${legend}`,
  );
}

const axisText = ({ label, unit, range: [low, high] }: CurveAxis): string =>
  `${label} from ${unit === "fraction" ? Math.round(100 * low) : low} to ${
    unit === "fraction" ? valueText(high, unit).replace(".0", "") : high
  }`;
