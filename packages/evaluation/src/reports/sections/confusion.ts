import { type Content, html, type Markup } from "../markup.ts";
import { countedText, countText, nameText, valueText } from "../numbers.ts";
import type { ConfusionCell, ConfusionSection } from "../report-input.ts";
import { pictureList } from "./picture.ts";
import { fixedTitles, type SectionContext, scrollable, sectionFrame } from "./section.ts";

/** The confusion matrix as a table; a cell opens its pictures, by mouse or keyboard and without a script. */
export function confusionSection({ classes, answers, cells }: ConfusionSection, context: SectionContext): Markup {
  const wordsOf = (target: number, answer: number) => ({
    truth: nameText(classes[target]!),
    answer: nameText(answers[answer]!),
  });
  const head = answers.map(
    (name, column) =>
      html`<th scope="col" class="${column < classes.length ? "" : "extra"}"><span>${nameText(name)}</span></th>`,
  );
  const rows = cells.map((row, target) => {
    const total = row.reduce((sum, { count }) => sum + count, 0);
    const cellsOfRow = row.map((cell, answer) =>
      drawCell(cell, {
        id: `${context.id}-${target}-${answer}`,
        isRight: target === answer,
        total,
        words: wordsOf(target, answer),
      }),
    );
    return html`<tr><th scope="row">${nameText(classes[target]!)}</th>${cellsOfRow}
      <td class="total">${countText(total)}</td></tr>`;
  });
  const popovers = cells.flatMap((row, target) =>
    row.map((cell, answer) =>
      drawPopover(cell, {
        id: `${context.id}-${target}-${answer}`,
        words: wordsOf(target, answer),
        isRight: target === answer,
        context,
      }),
    ),
  );
  const label = "Confusion matrix: rows are true classes, columns are answers";
  const table = html`<table class="${answers.length > 10 ? "matrix many" : "matrix"}">
    <caption><span class="swatch right"></span> right <span class="swatch wrong"></span> wrong,
    stronger for a larger share of the row</caption>
    <thead><tr><td class="corner"><span>true ↓ answer →</span></td>${head}
      <th scope="col" class="extra"><span>all</span></th></tr></thead>
    <tbody>${rows}</tbody></table>`;
  const summary =
    "Each row is a true class, each column an answer. Choose a number to see its pictures; arrow keys move on.";
  return sectionFrame(
    context,
    { title: fixedTitles.confusion, summary, width: "wide" },
    html`${scrollable(label, table)}${popovers}`,
  );
}

interface CellWords {
  readonly truth: string;
  readonly answer: string;
}

function drawCell(
  { count, pictures }: ConfusionCell,
  { id, isRight, total, words }: { id: string; isRight: boolean; total: number; words: CellWords },
): Markup {
  if (count === 0) return html`<td class="empty">·</td>`;
  const share = count / total;
  // small shares of mistakes are what one looks for: their square root is drawn
  const strength = Math.round(100 * (isRight ? share : Math.sqrt(share)));
  const part = `${countText(count)} of ${countText(total)}, ${valueText(share, "fraction")}`;
  const told = `true ${words.truth}, answer ${words.answer}: ${part}`;
  const number = countText(count);
  const body: Content =
    pictures.length === 0
      ? html`<span title="${told}">${number}</span>`
      : html`<button type="button" popovertarget="${id}" title="${told}"
        aria-label="${number}, ${told}; show pictures" aria-haspopup="dialog">${number}</button>`;
  return html`<td class="${isRight ? "right" : "wrong"}" style="--strength:${strength}%">${body}</td>`;
}

function drawPopover(
  { count, pictures }: ConfusionCell,
  { id, words, isRight, context }: { id: string; words: CellWords; isRight: boolean; context: SectionContext },
): Content {
  if (pictures.length === 0) return "";
  const which = isRight ? "the least sure first" : "the surest first";
  const shown = pictures.length === count ? `all ${countText(count)}` : `${pictures.length} of ${countText(count)}`;
  return html`<div class="popover" popover id="${id}" role="dialog" aria-labelledby="${id}-title">
<div class="popover-head"><h4 id="${id}-title">
  ${isRight ? html`${words.truth}, told right` : html`true ${words.truth}, answer ${words.answer}`}</h4>
<button type="button" class="close" popovertarget="${id}" popovertargetaction="hide">Close</button></div>
<p class="summary">${count === 1 ? countedText(1, "picture") : `${shown} pictures, ${which}`}</p>
${pictureList(pictures, context.pictures)}</div>`;
}
