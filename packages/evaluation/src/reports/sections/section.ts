import { html, type Markup } from "../markup.ts";
import type { EmbeddedPictures } from "../pictures.ts";

/** What a section needs besides its data. */
export interface SectionContext {
  /** Start of all ids in it, unique in the page. */
  readonly id: string;
  readonly pictures: EmbeddedPictures;
  /** Whether a section of half the width has no neighbour to stand beside. */
  readonly isAlone: boolean;
}

/** Titles of the sections whose data has none. */
export const fixedTitles = {
  metrics: "All metrics",
  confusion: "Confusion matrix",
  reliability: "Calibration",
  thresholds: "Choose a threshold",
} as const;

/** The frame of a section: a heading that can be linked to, a sentence, and the body. `wide`: over both columns. */
export function sectionFrame(
  { id, isAlone }: SectionContext,
  { title, summary, width }: { readonly title: string; readonly summary: string; readonly width: "half" | "wide" },
  body: Markup,
): Markup {
  return html`<section class="card ${width === "half" && isAlone ? "alone" : width}" id="${id}"
    aria-labelledby="${id}-title">
<h3 id="${id}-title">${title}</h3>
${summary !== "" && html`<p class="summary">${summary}</p>`}
${body}
</section>`;
}

/** A table that can be scrolled sideways, by keyboard too, where it is wider than the page. */
export const scrollable = (label: string, table: Markup): Markup =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>`;
