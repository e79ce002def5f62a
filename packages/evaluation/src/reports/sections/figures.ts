import { html, type Markup } from "../markup.ts";
import type { FiguresSection } from "../report-input.ts";
import { type SectionContext, sectionFrame } from "./section.ts";

/** A few values in large letters, each with its name and what is to be said of it. */
export function figuresSection({ title, summary, figures }: FiguresSection, context: SectionContext): Markup {
  const cards = figures.map(
    ({ name, value, detail }) => html`<div class="metric"><dt>${name}</dt><dd class="metric-value">${value}</dd>
${detail !== undefined && html`<dd class="metric-summary">${detail}</dd>`}</div>`,
  );
  return sectionFrame(context, { title, summary, width: "wide" }, html`<dl class="metrics figures">${cards}</dl>`);
}
