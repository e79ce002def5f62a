import { html, type Markup } from "../markup.ts";
import type { SmallCurvesSection } from "../report-input.ts";
import { pathOf } from "./line-chart.ts";
import { makeScale, place } from "./scale.ts";

const [width, height] = [120, 84];

/** One of many curves, without numbers at its axes; halves of both are marked. */
export function smallChart({
  x,
  y,
  points,
  label,
}: Pick<SmallCurvesSection, "x" | "y"> & {
  readonly points: SmallCurvesSection["charts"][number]["points"];
  readonly label: string;
}): Markup {
  const plot = { x: makeScale(x.range, [0, width], x), y: makeScale(y.range, [height, 0], y) };
  const line = pathOf(points, plot);
  const first = points[0];
  const last = points.at(-1);
  const under = first && last && `${line}L${place(plot.x(last[0]))} ${height}L${place(plot.x(first[0]))} ${height}Z`;
  return html`<svg class="small-chart" viewBox="0 -2 ${width} ${height + 4}" role="img" aria-label="${label}">
    <rect class="frame" width="${width}" height="${height}"/>
    ${under && html`<path class="under" d="${under}"/>`}
    <path class="grid" d="M0 ${height / 2}H${width}M${width / 2} 0V${height}"/>
    ${line !== "" && html`<path class="line" d="${line}"/>`}</svg>`;
}
