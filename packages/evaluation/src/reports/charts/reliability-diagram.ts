import { html, type Markup } from "../markup.ts";
import { countText, valueText } from "../numbers.ts";
import type { ReliabilitySection } from "../report-input.ts";
import { chartSize, drawAxes, plotOf } from "./axes.ts";
import { shareAxis } from "./line-chart.ts";
import { place } from "./scale.ts";

// Units of the drawing: the counts under the diagram.
const countsHeight = 56;
const gap = 10;

/** Accuracy of each bin as a bar, its interval as a whisker, perfect calibration as the diagonal; counts below. */
export function reliabilityDiagram(bins: ReliabilitySection["bins"], { label }: { readonly label: string }): Markup {
  const axes = { x: shareAxis("confidence"), y: shareAxis("accuracy") };
  const plot = plotOf(axes.x, axes.y);
  const height = chartSize.height + countsHeight + gap;
  const width = (plot.right - plot.left) / bins.length;
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const floor = height - 4;
  const bars = bins.map(({ count, confidence, accuracy, interval: [low, high] }, i) => {
    if (count === 0) return "";
    const left = plot.left + i * width;
    const middle = left + width / 2;
    const [top, expected] = [plot.y(accuracy), plot.y(confidence)];
    const [sure, right] = [confidence, accuracy].map((share) => valueText(share, "fraction"));
    const told = `confidence ${sure}, accuracy ${right} of ${countText(count)}`;
    const gapClass = accuracy >= confidence ? "under" : "over";
    const tall = (count / most) * (countsHeight - 4);
    return html`<g><title>${told}</title>
<rect class="bar" x="${place(left + 1)}" y="${place(top)}" width="${place(width - 2)}"
  height="${place(plot.bottom - top)}"/>
<rect class="gap ${gapClass}" x="${place(left + 1)}" y="${place(Math.min(top, expected))}" width="${place(width - 2)}"
  height="${place(Math.abs(top - expected))}"/>
<path class="whisker" d="M${place(middle)} ${place(plot.y(low))}V${place(plot.y(high))}"/>
<rect class="count" x="${place(left + 1)}" y="${place(floor - tall)}" width="${place(width - 2)}"
  height="${place(tall)}"/></g>`;
  });
  const diagonal = html`<path class="line reference"
    d="M${place(plot.left)} ${place(plot.bottom)}L${place(plot.right)} ${place(plot.top)}"/>`;
  return html`<svg class="chart" viewBox="0 0 ${chartSize.width} ${height}" role="img" aria-label="${label}">
    ${drawAxes(plot, axes)}${bars}${diagonal}<text class="axis-name"
    transform="translate(11 ${place(floor - countsHeight / 2)}) rotate(-90)" text-anchor="middle">samples</text>
    </svg>`;
}
