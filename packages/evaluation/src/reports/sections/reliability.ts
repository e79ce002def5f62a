import { reliabilityDiagram } from "../charts/reliability-diagram.ts";
import { html, type Markup } from "../markup.ts";
import { countText, intervalText, valueText } from "../numbers.ts";
import type { ReliabilitySection } from "../report-input.ts";
import { fixedTitles, type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** The reliability diagram and its numbers. */
export function reliabilitySection({ bins, error }: ReliabilitySection, context: SectionContext): Markup {
  const told = valueText(error.value, "fraction");
  const label = `Reliability diagram: accuracy by confidence in ${bins.length} bins; expected calibration error ${told}`;
  const numbers = (...texts: readonly string[]) => texts.map((text) => html`<td class="number">${text}</td>`);
  const rows = bins.flatMap(({ count, confidence, accuracy, interval }, i) =>
    count === 0
      ? []
      : html`<tr><th scope="row">${intervalText([i / bins.length, (i + 1) / bins.length], "fraction")}</th>
        ${numbers(
          countText(count),
          valueText(confidence, "fraction"),
          valueText(accuracy, "fraction"),
          intervalText(interval, "fraction"),
        )}</tr>`,
  );
  const heads = ["samples", "mean", "accuracy", "95 % interval"].map(
    (name) => html`<th scope="col" class="number">${name}</th>`,
  );
  const table = html`<table class="rows"><thead><tr><th scope="col">confidence</th>${heads}</tr></thead>
    <tbody>${rows}</tbody></table>`;
  const summary =
    "When the model says 80 %, is it right 8 times of 10? On the dashed line it is; a bar that ends below is too sure. " +
    `Expected calibration error ${told}${intervalNote(error.interval)}.`;
  const legend = [
    ["bar", "accuracy"],
    ["over", "too sure"],
    ["under", "not sure enough"],
  ].map(([swatch, text]) => html`<span><span class="swatch ${swatch}"></span> ${text}</span> `);
  return sectionFrame(
    context,
    { title: fixedTitles.reliability, summary, width: "half" },
    html`${reliabilityDiagram(bins, { label })}<p class="legend">${legend}</p>
      <details><summary>Numbers of the diagram</summary>
      ${scrollable("Numbers of the reliability diagram", table)}</details>`,
  );
}

function intervalNote(interval: readonly [number, number]): string {
  const text = intervalText(interval, "fraction");
  return text === "" ? "" : ` (${text})`;
}
