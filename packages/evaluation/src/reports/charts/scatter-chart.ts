import { html, type Markup } from "../markup.ts";
import type { ScatterSection } from "../report-input.ts";
import { chartSize, drawAxes, plotOf } from "./axes.ts";
import { place } from "./scale.ts";

/** Cells of the drawing, along each axis, in which points are counted. */
const cells = 66;

/**
 * Points over two axes of the same kind with their diagonal. Points that fall into one small cell are one mark, darker for
 * more of them, so that thousands cost no more than what can be seen.
 */
export function scatterChart({
  x,
  y,
  points,
  label,
}: Pick<ScatterSection, "x" | "y" | "points"> & { readonly label: string }): Markup {
  const plot = plotOf(x, y);
  const { left, right, top, bottom } = plot;
  const [stepX, stepY] = [(right - left) / cells, (bottom - top) / cells];
  const counts = new Map<string, number>();
  for (const [atX, atY] of points) {
    if (!Number.isFinite(atX + atY)) continue;
    const column = Math.min(cells - 1, Math.floor((plot.x(atX) - left) / stepX));
    const row = Math.min(cells - 1, Math.floor((plot.y(atY) - top) / stepY));
    const key = `${column} ${row}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = Math.max(1, ...counts.values());
  const marks = [...counts].map(([key, count]) => {
    const [column, row] = key.split(" ").map(Number) as [number, number];
    // logarithm: single points stay visible beside heaps
    const opacity = 0.25 + 0.75 * (most === 1 ? 1 : Math.log(count) / Math.log(most));
    return html`<circle cx="${place(left + (column + 0.5) * stepX)}" cy="${place(top + (row + 0.5) * stepY)}" r="2.6"
      fill-opacity="${place(opacity)}"/>`;
  });
  const [low, high] = [Math.max(x.range[0], y.range[0]), Math.min(x.range[1], y.range[1])];
  const diagonal = html`<path class="line reference"
    d="M${place(plot.x(low))} ${place(plot.y(low))}L${place(plot.x(high))} ${place(plot.y(high))}"/>`;
  return html`<svg class="chart" viewBox="0 0 ${chartSize.width} ${chartSize.height}" role="img" aria-label="${label}">
    ${drawAxes(plot, { x, y })}<g class="scatter">${marks}</g>${diagonal}</svg>`;
}
