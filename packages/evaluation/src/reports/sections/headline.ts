import { html, type Markup } from "../markup.ts";
import { intervalText, nameText, valueText } from "../numbers.ts";
import type { ReportMetric } from "../report-input.ts";

/** The one number to remember, large, with its interval. */
export function headline(metric: ReportMetric): Markup {
  const { name, unit, value, interval, reason, summary } = metric;
  const range = intervalText(interval, unit);
  return html`<div class="headline">
<p class="headline-name">${nameText(name)}</p>
<p class="headline-value">${valueText(value, unit)}</p>
<p class="headline-interval">${range === "" ? (reason ?? "") : html`<span>95 % interval</span> ${range}`}</p>
<p class="summary">${summary}${["fraction", "", "1"].includes(unit) ? "" : `, in ${unit}`}; ${betterText(metric)}</p>
</div>`;
}

/** Which end of a metric is the good one. */
export const betterText = ({ higherIsBetter }: Pick<ReportMetric, "higherIsBetter">): string =>
  higherIsBetter ? "higher is better" : "lower is better";
