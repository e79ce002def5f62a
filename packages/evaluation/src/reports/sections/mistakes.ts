import { html, type Markup } from "../markup.ts";
import { countText } from "../numbers.ts";
import type { MistakesSection } from "../report-input.ts";
import { pictureList } from "./picture.ts";
import { type SectionContext, sectionFrame } from "./section.ts";

const roleTexts = { truth: "labelled", answer: "answered" } as const;

/** Pictures of mistakes, the gravest first. */
export function mistakesSection({ title, summary, total, pictures }: MistakesSection, context: SectionContext): Markup {
  const roles = new Set(pictures.flatMap(({ marks = [] }) => marks.map(({ role }) => role)));
  const legend = (["truth", "answer"] as const)
    .filter((role) => roles.has(role))
    .map((role) => html`<span><span class="swatch ${role}"></span> ${roleTexts[role]}</span>`);
  const count =
    pictures.length === total
      ? `All ${countText(total)} are shown.`
      : `${pictures.length} of ${countText(total)} are shown.`;
  const body =
    total === 0
      ? html`<p class="none">None.</p>`
      : html`<p class="legend">${legend}</p>${pictureList(pictures, context.pictures)}`;
  return sectionFrame(context, { title, summary: total === 0 ? summary : `${summary} ${count}`, width: "wide" }, body);
}
