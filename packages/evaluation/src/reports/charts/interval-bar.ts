import { html, type Markup } from "../markup.ts";
import type { ReportValue } from "../report-input.ts";
import { makeScale, place } from "./scale.ts";

const width = 120;
const height = 18;

/** Where a value and its interval lie within `range`, with a tick at `reference`: a small drawing for a table's row. */
export function intervalBar(
  { value, interval: [low, high] }: ReportValue,
  { range, reference }: { readonly range: readonly [number, number]; readonly reference: number },
): Markup {
  const x = makeScale(range, [5, width - 5]);
  const middle = height / 2;
  const whisker =
    Number.isFinite(low + high) && html`<path class="whisker" d="M${place(x(low))} ${middle}H${place(x(high))}"/>`;
  const tick =
    Number.isFinite(reference) && html`<path class="reference" d="M${place(x(reference))} 1V${height - 1}"/>`;
  return html`<svg class="interval-bar" viewBox="0 0 ${width} ${height}" aria-hidden="true">
    <path class="grid" d="M5 ${middle}H${width - 5}"/>
    ${tick}${whisker}<circle cx="${place(x(value))}" cy="${middle}" r="4"/></svg>`;
}
