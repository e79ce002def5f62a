import { intervalBar } from "../charts/interval-bar.ts";
import { html, type Markup } from "../markup.ts";
import { countText, intervalText, nameText, valueText } from "../numbers.ts";
import type { SubgroupsSection } from "../report-input.ts";
import { rangeHead, rangeOf } from "./interval-range.ts";
import { type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** A row for each subgroup, its values with their intervals beside the value over all; small ones say so. */
export function subgroupsSection(section: SubgroupsSection, context: SectionContext): Markup {
  const { title, summary, counted, minimum, columns, rows, note } = section;
  const large = rows.filter(({ count }) => count >= minimum);
  const ranges = columns.map(({ unit, overall }, c) => {
    const all = { value: overall, interval: [overall, overall] as const };
    return rangeOf([all, ...large.map(({ values }) => values[c]!)], unit);
  });
  const head = columns.map(
    ({ name, unit }, c) => html`<th scope="col" class="number">${nameText(name)}</th>
      <th scope="col" class="number">95 % interval</th>${rangeHead(ranges[c]!, unit)}`,
  );
  const body = rows.map(({ name, count, values }) => {
    const small = html`<td class="small" colspan="${3 * columns.length}">not enough data (fewer than ${minimum})</td>`;
    const cells = columns.map(({ unit, overall }, c) => {
      const measured = values[c]!;
      if (Number.isNaN(measured.value))
        return html`<td class="small" colspan="3">${measured.reason ?? "undefined"}</td>`;
      const interval = intervalText(measured.interval, unit);
      return html`<td class="number strong">${valueText(measured.value, unit)}</td>
        <td class="number">${interval || html`<span class="small">${measured.reason ?? ""}</span>`}</td>
        <td class="bar-cell">${intervalBar(measured, { range: ranges[c]!, reference: overall })}</td>`;
    });
    return html`<tr><th scope="row">${nameText(name)}</th><td class="number">${countText(count)}</td>
      ${count < minimum ? small : cells}</tr>`;
  });
  const overall = columns
    .filter((column) => Number.isFinite(column.overall))
    .map((column) => `${nameText(column.name)} ${valueText(column.overall, column.unit)}`);
  const foot = overall.length > 0 && html`<p class="legend">Upright line: ${overall.join(", ")} over all.</p>`;
  const table = html`<table class="rows">
    <thead><tr><th scope="col"></th><th scope="col" class="number">${counted}</th>${head}</tr></thead>
    <tbody>${body}</tbody></table>`;
  return sectionFrame(
    context,
    { title, summary, width: "wide" },
    html`${scrollable(title, table)}${foot}${note !== undefined && html`<p class="legend">${note}</p>`}`,
  );
}
