import { html, type Markup, trusted } from "../markup.ts";
import { type EmbeddedPictures, embedPictures, type ThumbnailMaker } from "../pictures.ts";
import type { ReportInput, ReportRun } from "../report-input.ts";
import { headline } from "../sections/headline.ts";
import { drawSection, lonelySections, sectionTitle } from "../sections/table.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** The page may load nothing: what it shows is in it. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A report as one HTML file with its pictures in it, asked of `thumbnail` one by one. */
export async function makeReport(
  input: ReportInput,
  { thumbnail }: { readonly thumbnail: ThumbnailMaker },
): Promise<string> {
  return reportPage(input, await embedPictures(input, thumbnail));
}

/** A report as one HTML file that needs nothing else; the same input gives the same text. */
export function reportPage(input: ReportInput, pictures: EmbeddedPictures): string {
  const { title, lead, facts, runs, notes } = input;
  const titles = input.titles ?? { facts: "What was scored", notes: "Rules of the protocol" };
  const items = notes.map((note) => html`<li>${note}</li>`);
  const rules = notes.length > 0 && html`<h3>${titles.notes}</h3><ul class="notes">${items}</ul>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#${runs[0]?.id ?? "facts"}">Skip to the results</a>
<div class="page">
<header><h1>${title}</h1><p class="lead">${lead}</p>
<nav aria-label="Contents"><ul class="contents">${contents(runs)}
  <li><a href="#facts">${titles.facts}</a></li></ul></nav></header>
<main>${runs.map((run) => drawRun(run, { pictures, hasContents: runs.length > 1 }))}</main>
<footer>
<section class="card" id="facts" aria-labelledby="facts-title"><h2 id="facts-title">${titles.facts}</h2>
<dl class="facts">${facts.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${rules}
</section>
</footer>
</div>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.markup;
}

const sectionId = (run: ReportRun, index: number): string => `${run.id}-${index + 1}`;

/** Links to the sections of a run. */
const sectionLinks = (run: ReportRun): Markup[] =>
  run.sections.map((section, i) => html`<li><a href="#${sectionId(run, i)}">${sectionTitle(section)}</a></li>`);

/** One run: a link to each section; several: a link to each run, which has links of its own. */
const contents = (runs: readonly ReportRun[]): Markup[] =>
  runs.length === 1
    ? sectionLinks(runs[0]!)
    : runs.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);

function drawRun(
  run: ReportRun,
  { pictures, hasContents }: { pictures: EmbeddedPictures; hasContents: boolean },
): Markup {
  const lonely = lonelySections(run.sections);
  const sections = run.sections.map((section, i) =>
    drawSection(section, { id: sectionId(run, i), pictures, isAlone: lonely.has(i) }),
  );
  return html`<article class="run" id="${run.id}" aria-labelledby="${run.id}-title">
<div class="run-head"><h2 id="${run.id}-title">${run.title}</h2><p class="summary">${run.lead}</p>
${hasContents && html`<nav aria-label="${run.title}"><ul class="contents">${sectionLinks(run)}</ul></nav>`}</div>
<div class="grid">
${run.headline && html`<div class="wide">${headline(run.headline)}</div>`}
${sections}
</div>
</article>
`;
}
