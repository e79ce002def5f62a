import { html, type Markup } from "../markup.ts";
import { endText } from "../numbers.ts";
import type { ReportValue } from "../report-input.ts";

/**
 * The range in which a column of values is drawn: of shares the tenths around all of them, of other values from 0 to
 * the largest end. [0, 1] where nothing is defined.
 */
export function rangeOf(values: readonly ReportValue[], unit: string): readonly [number, number] {
  const ends = values.flatMap(({ value, interval }) => [value, ...interval]).filter(Number.isFinite);
  if (ends.length === 0) return [0, 1];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (unit !== "fraction") return [Math.min(0, low), high > 0 ? high : 1];
  // at least one tenth, also where all shares are 1
  const [from, to] = [Math.min(Math.floor(low * 10 + 1e-9), 9), Math.ceil(high * 10 - 1e-9)];
  return [from / 10, Math.max(to, from + 1) / 10];
}

/** The head of a column of interval bars: both ends of its range. */
export const rangeHead = ([from, to]: readonly [number, number], unit: string): Markup =>
  html`<th scope="col" class="bar-cell"><span class="ends">
    <span>${endText(from, unit)}</span><span>${endText(to, unit)}</span></span></th>`;
