import { intervalBar } from "../charts/interval-bar.ts";
import { type Content, html, type Markup } from "../markup.ts";
import { intervalText, nameText, valueText } from "../numbers.ts";
import type { MetricsSection, ReportMetric } from "../report-input.ts";
import { betterText } from "./headline.ts";
import { rangeHead, rangeOf } from "./interval-range.ts";
import { fixedTitles, type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** All metrics with their intervals, and published scores beside those that have some. */
export function metricsSection({ metrics, published }: MetricsSection, context: SectionContext): Markup {
  const cards = metrics.map((metric) => {
    const { name, unit, value, interval, reason, summary } = metric;
    const range = intervalText(interval, unit);
    const better = betterText(metric);
    return html`<div class="metric"><dt>${nameText(name)}</dt>
<dd class="metric-value">${valueText(value, unit)} <span class="direction" title="${better}" aria-label="${better}">
  ${metric.higherIsBetter ? "↑" : "↓"}</span></dd>
<dd class="metric-interval">${range === "" ? (reason ?? "no interval") : range}</dd>
<dd class="metric-summary">${summary}${unit === "fraction" ? "" : ` (${unit})`}</dd></div>`;
  });
  const compared = metrics.flatMap((metric) => comparison(metric, published));
  const summary = "Intervals hold 95 %, by bootstrap over independent units. ↑: higher is better, ↓: lower is.";
  return sectionFrame(
    context,
    { title: fixedTitles.metrics, summary, width: "wide" },
    html`<dl class="metrics">${cards}</dl>${compared}`,
  );
}

function comparison(metric: ReportMetric, published: MetricsSection["published"]): Content {
  const others = published.filter((score) => score.metric === metric.name);
  if (others.length === 0) return "";
  const none = [Number.NaN, Number.NaN] as const;
  const own = { method: "this model", source: "", value: metric.value, interval: metric.interval, isOwn: true };
  const rows = [own, ...others.map((other) => ({ ...other, interval: none, isOwn: false }))];
  const range = rangeOf(rows, metric.unit);
  const cells = rows.map(
    ({ method, source, value, interval, isOwn }) => html`<tr class="${isOwn ? "own" : ""}">
      <th scope="row">${method}</th>
      <td class="number">${valueText(value, metric.unit)}</td>
      <td class="bar-cell">${intervalBar({ value, interval }, { range, reference: metric.value })}</td>
      <td class="source">${isOwn ? intervalText(interval, metric.unit) : source}</td></tr>`,
  );
  const name = nameText(metric.name);
  const label = `Published scores of ${name}`;
  const table = html`<table class="rows">
    <thead><tr><th scope="col">method</th><th scope="col" class="number">${name}</th>
      ${rangeHead(range, metric.unit)}<th scope="col">source</th></tr></thead>
    <tbody>${cells}</tbody></table>`;
  return html`<h4>${label}</h4>${scrollable(label, table)}`;
}
