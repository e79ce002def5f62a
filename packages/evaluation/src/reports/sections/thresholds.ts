import { chartSize, drawAxes, plotOf } from "../charts/axes.ts";
import { pathOf, shareAxis } from "../charts/line-chart.ts";
import { place } from "../charts/scale.ts";
import { embeddedJson, html, type Markup } from "../markup.ts";
import type { CurveAxis, ThresholdSeries, ThresholdsSection } from "../report-input.ts";
import { fixedTitles, type SectionContext, sectionFrame } from "./section.ts";
import { thresholdReadings } from "./threshold-readings.ts";

const height = 220;

/** A slider that shows what a threshold would come to; without scripts, the numbers at the threshold in use. */
export function thresholdsSection(
  { title = fixedTitles.thresholds, summary, series }: ThresholdsSection,
  context: SectionContext,
): Markup {
  const { id } = context;
  const choice =
    series.length > 1 &&
    html`<label class="field" for="${id}-series">Of <select id="${id}-series" data-part="series">
      ${series.map(({ name }, i) => html`<option value="${i}">${name}</option>`)}</select></label>`;
  const first = series[0]!;
  const charts = series.map((one, i) => html`<div data-chart="${i}"${i > 0 && html` hidden`}>${drawChart(one)}</div>`);
  const readings = thresholdReadings(first, first.start).map(
    ({ name, value }, i) => html`<div data-reading="${i}"><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  const body = html`<div data-thresholds="${id}-data">${choice}${charts}
<label class="field" for="${id}-slider">Threshold
  <output for="${id}-slider" data-part="threshold">${first.thresholds[first.start] ?? ""}</output></label>
<input id="${id}-slider" data-part="slider" type="range" min="0" max="${first.thresholds.length - 1}" step="1"
  value="${first.start}" disabled>
<dl class="readings">${readings}</dl></div>${embeddedJson(`${id}-data`, series.map(readingsOf))}`;
  return sectionFrame(context, { title, summary, width: "half" }, body);
}

/** What the script of the page shows: a row of texts for each threshold. */
const readingsOf = (series: ThresholdSeries) => ({
  thresholds: series.thresholds,
  start: series.start,
  names: thresholdReadings(series, 0).map(({ name }) => name),
  values: series.thresholds.map((_, at) => thresholdReadings(series, at).map(({ value }) => value)),
});

function drawChart(series: ThresholdSeries): Markup {
  const { thresholds, hits, falses, positives, start } = series;
  const x: CurveAxis = { label: "threshold", range: [thresholds[0]!, thresholds.at(-1)!], unit: "plain" };
  const y = shareAxis("share");
  const plot = plotOf(x, y, { height });
  const precision = thresholds.flatMap((at, i): [number, number][] =>
    hits[i]! + falses[i]! === 0 ? [] : [[at, hits[i]! / (hits[i]! + falses[i]!)]],
  );
  const recall = thresholds.map((at, i) => [at, hits[i]! / positives] as const);
  const at = plot.x(thresholds[start]!);
  const label = `Precision and recall of ${series.name} by threshold`;
  const chart = html`<svg class="chart" viewBox="0 0 ${chartSize.width} ${height}" role="img" aria-label="${label}"
    data-left="${place(plot.left)}" data-right="${place(plot.right)}">${drawAxes(plot, { x, y })}
    <path class="line result" d="${pathOf(precision, plot)}"/><path class="line second" d="${pathOf(recall, plot)}"/>
    <path class="cursor" d="M0 ${place(plot.top)}V${place(plot.bottom)}" transform="translate(${place(at)} 0)"/></svg>`;
  return html`${chart}<p class="legend"><span><span class="swatch line-result"></span> precision</span>
    <span><span class="swatch line-second"></span> recall</span></p>`;
}
