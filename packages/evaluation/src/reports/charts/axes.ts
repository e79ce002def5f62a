import { html, type Markup } from "../markup.ts";
import { plainText } from "../numbers.ts";
import type { CurveAxis } from "../report-input.ts";
import { linearTicks, logTicks, makeScale, place, type Scale } from "./scale.ts";

/** The rectangle of a chart in which values are drawn, in units of the drawing, and its scales. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

/** Units of the drawing: narrow enough that its letters can be read on a telephone. */
export const chartSize = { width: 400, height: 300 };
const margin = { left: 56, right: 14, top: 12, bottom: 44 };

/** The plot of a chart with these axes. */
export function plotOf(x: CurveAxis, y: CurveAxis, { height = chartSize.height } = {}): Plot {
  const [left, right] = [margin.left, chartSize.width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  return {
    left,
    right,
    top,
    bottom,
    x: makeScale(x.range, [left, right], x),
    y: makeScale(y.range, [bottom, top], y),
  };
}

/** Grid, numbers and names of both axes. */
export function drawAxes(plot: Plot, { x, y }: { x: CurveAxis; y: CurveAxis }): Markup {
  const { left, right, top, bottom } = plot;
  const across = ticksOf(x).map((tick) => {
    const at = place(plot.x(tick));
    return html`<path class="grid" d="M${at} ${place(top)}V${place(bottom)}"/>
      <text x="${at}" y="${place(bottom + 16)}" text-anchor="middle">${tickText(tick, x)}</text>`;
  });
  const up = ticksOf(y).map((tick) => {
    const at = place(plot.y(tick));
    return html`<path class="grid" d="M${place(left)} ${at}H${place(right)}"/>
      <text x="${place(left - 6)}" y="${at}" dy="0.35em" text-anchor="end">${tickText(tick, y)}</text>`;
  });
  const [middleX, middleY] = [place((left + right) / 2), place((top + bottom) / 2)];
  const turned = `translate(11 ${middleY}) rotate(-90)`;
  return html`<g class="axes">${across}${up}
    <text class="axis-name" x="${middleX}" y="${place(bottom + 36)}" text-anchor="middle">${x.label}</text>
    <text class="axis-name" transform="${turned}" text-anchor="middle">${y.label}</text></g>`;
}

function ticksOf({ range: [low, high], scale, isWhole = false }: CurveAxis): number[] {
  const ticks = scale === "log" ? logTicks(low, high) : linearTicks(low, high);
  return isWhole ? ticks.filter(Number.isInteger) : ticks;
}

function tickText(tick: number, { unit }: CurveAxis): string {
  const shown = unit === "fraction" ? 100 * tick : tick;
  const digits = String(Number(shown.toPrecision(6)));
  const text = digits.includes("e") ? plainText(shown) : digits;
  return unit === "fraction" ? `${text}%` : text;
}
