import { html, type Markup } from "../markup.ts";
import { nameText } from "../numbers.ts";
import type { TableSection } from "../report-input.ts";
import { type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** A table of texts; good and bad values have a colour. */
export function rowsSection({ title, summary, columns, rows }: TableSection, context: SectionContext): Markup {
  const classOf = (column: number) => (columns[column]?.align === "number" ? "number" : "");
  const head = columns.map(({ name }, i) => html`<th scope="col" class="${classOf(i)}">${name}</th>`);
  const body = rows.map(({ name, cells }) => {
    const values = cells.map(
      ({ text, tone }, i) => html`<td class="${`${classOf(i + 1)} ${tone ?? ""}`}">${text}</td>`,
    );
    return html`<tr><th scope="row">${nameText(name)}</th>${values}</tr>`;
  });
  const table = html`<table class="rows plain"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
  return sectionFrame(context, { title, summary, width: "wide" }, scrollable(title, table));
}
