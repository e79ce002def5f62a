import { html, type Markup } from "../markup.ts";
import { nameText } from "../numbers.ts";
import type { HeatMapSection } from "../report-input.ts";

/** More columns than this are told by every fifth name. */
const namedColumns = 16;

/**
 * Values as colours in a table, blue below 0 and orange above, stronger for larger ones and full from `limit`; a dot marks a
 * cell of each row, a frame the column of the guide. A cell says its value in words where it is pointed at.
 */
export function heatMap({
  along,
  columns,
  rows,
  guide,
  limit,
}: Pick<HeatMapSection, "along" | "columns" | "rows" | "guide" | "limit">): Markup {
  const isNamed = (column: number) => columns.length <= namedColumns || column === 0 || (column + 1) % 5 === 0;
  const guided = (column: number) => (column === guide ? " guide" : "");
  const heads = columns.map(
    (name, i) =>
      html`<th scope="col" class="${guided(i).trim()}">
        ${isNamed(i) ? html`<span>${name}</span>` : html`<span class="hidden-name">${name}</span>`}</th>`,
  );
  const body = rows.map(({ name, cells, marked }) => {
    const drawn = cells.map(({ value, told }, i) => {
      const side = Number.isNaN(value) ? "none" : value > 0 ? "above" : "below";
      const strength = Number.isNaN(value) ? 0 : Math.round(100 * Math.min(1, Math.abs(value) / limit));
      const words = `${nameText(name)}, ${along} ${columns[i] ?? ""}: ${told}`;
      return html`<td class="${side}${guided(i)}" style="--strength:${strength}%" title="${words}">
        <span class="hidden-name">${told}</span>${marked === i && html`<span class="dot" aria-hidden="true"></span>`}</td>`;
    });
    return html`<tr><th scope="row">${nameText(name)}</th>${drawn}</tr>`;
  });
  return html`<table class="heat"><thead><tr><td class="corner">${along}</td>${heads}</tr></thead>
    <tbody>${body}</tbody></table>`;
}
