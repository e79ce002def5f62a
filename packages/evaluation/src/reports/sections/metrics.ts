import { intervalBar } from "../charts/interval-bar.ts";
import { type Content, html, type Markup } from "../markup.ts";
import { intervalText, nameText, valueText } from "../numbers.ts";
import type { MetricsSection, ReportMetric } from "../report-input.ts";
import { betterText } from "./headline.ts";
import { rangeHead, rangeOf } from "./interval-range.ts";
import { fixedTitles, type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** All metrics with their intervals, and published scores beside those that have some. */
export function metricsSection({ metrics, published }: MetricsSection, context: SectionContext): Markup {
  const untold = sharedReason(metrics);
  const cards = metrics
    .filter(({ value, reason }) => !Number.isNaN(value) || reason !== untold?.reason)
    .map((metric) => {
      const { name, unit, value, interval, reason, summary } = metric;
      const range = intervalText(interval, unit);
      const better = betterText(metric);
      return html`<div class="metric"><dt>${nameText(name)}</dt>
<dd class="metric-value">${valueText(value, unit)} <span class="direction" title="${better}" aria-label="${better}">
  ${metric.higherIsBetter ? "↑" : "↓"}</span></dd>
<dd class="metric-interval">${range === "" ? (reason ?? "no interval") : range}</dd>
<dd class="metric-summary">${summary}${unit === "fraction" || unit === "1" ? "" : ` (${unit})`}</dd></div>`;
    });
  const compared = metrics.flatMap((metric) => comparison(metric, published));
  const summary = "Intervals hold 95 %, by bootstrap over independent units. ↑: higher is better, ↓: lower is.";
  return sectionFrame(
    context,
    { title: fixedTitles.metrics, summary, width: "wide" },
    html`<dl class="metrics">${cards}</dl>${untold !== undefined && untoldText(untold)}${compared}`,
  );
}

interface Untold {
  readonly reason: string;
  readonly names: readonly string[];
}

/** The reason for which most of the undefined metrics are so, where it makes a sentence shorter than their cards. */
function sharedReason(metrics: readonly ReportMetric[]): Untold | undefined {
  const byReason = new Map<string, string[]>();
  for (const { name, value, reason } of metrics) {
    if (!Number.isNaN(value) || reason === undefined) continue;
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  const [most] = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined || most[1].length < 3 || most[1].length === metrics.length) return undefined;
  return { reason: most[0], names: most[1] };
}

const untoldText = ({ reason, names }: Untold): Markup =>
  html`<p class="legend">Undefined (${reason}): ${names.map(nameText).join(", ")}.</p>`;

function comparison(metric: ReportMetric, published: MetricsSection["published"]): Content {
  const others = published.filter((score) => score.metric === metric.name);
  if (others.length === 0 || Number.isNaN(metric.value)) return "";
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
