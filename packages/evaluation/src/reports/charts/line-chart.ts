import { html, type Markup } from "../markup.ts";
import type { CurveAxis, CurveLine, CurveSection } from "../report-input.ts";
import { chartSize, drawAxes, type Plot, plotOf } from "./axes.ts";
import { place } from "./scale.ts";

/** Lines over two axes with points and guides, as SVG of chartSize; `label` says for those who do not see it. */
export function lineChart({
  x,
  y,
  lines,
  points,
  guides,
  label,
}: Pick<CurveSection, "x" | "y" | "lines" | "points" | "guides"> & { readonly label: string }): Markup {
  const plot = plotOf(x, y);
  const { width, height } = chartSize;
  const upright = guides.map((guide) => drawGuide(guide, plot));
  const paths = lines.map(
    ({ name, points: run, role }) =>
      html`<path class="line ${role}" d="${pathOf(run, plot)}"><title>${name}</title></path>`,
  );
  const dots = points.map((point) => drawPoint(point, plot));
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
    ${drawAxes(plot, { x, y })}${upright}${paths}${dots}</svg>`;
}

/** The path of a line; points closer to the last one drawn than half a unit are passed over, but for the end. */
export function pathOf(points: CurveLine["points"], plot: Pick<Plot, "x" | "y">): string {
  let path = "";
  let last: readonly [number, number] | undefined;
  points.forEach(([x, y], i) => {
    const at = [plot.x(x), plot.y(y)] as const;
    const isNear = last !== undefined && Math.hypot(at[0] - last[0], at[1] - last[1]) < 0.5;
    if (isNear && i < points.length - 1) return;
    path += `${last === undefined ? "M" : "L"}${place(at[0])} ${place(at[1])}`;
    last = at;
  });
  return path;
}

function drawGuide({ x, label }: CurveSection["guides"][number], plot: Plot): Markup {
  const at = plot.x(x);
  const isLeft = at < plot.left + 0.7 * (plot.right - plot.left);
  return html`<g class="guide"><path d="M${place(at)} ${place(plot.top)}V${place(plot.bottom)}"/>
    <text x="${place(at + (isLeft ? 5 : -5))}" y="${place(plot.bottom - 8)}"
    text-anchor="${isLeft ? "start" : "end"}">${label}</text></g>`;
}

function drawPoint({ x, y, label }: CurveSection["points"][number], plot: Plot): Markup {
  const [atX, atY] = [plot.x(x), plot.y(y)];
  const isLeft = atX < (plot.left + plot.right) / 2;
  const isHigh = atY < (plot.top + plot.bottom) / 2;
  return html`<g class="point"><circle cx="${place(atX)}" cy="${place(atY)}" r="5"/>
    <text x="${place(atX + (isLeft ? 9 : -9))}" y="${place(atY + (isHigh ? 20 : -12))}"
    text-anchor="${isLeft ? "start" : "end"}">${label}</text></g>`;
}

/** An axis from 0 to 1 in per cent. */
export const shareAxis = (label: string): CurveAxis => ({ label, range: [0, 1], unit: "fraction" });
