import type { Box } from "../../metrics/boxes.ts";
import { place } from "../charts/scale.ts";
import { html, type Markup } from "../markup.ts";
import { type EmbeddedPictures, type PictureWish, pictureKey } from "../pictures.ts";
import type { PictureMark, ReportPicture } from "../report-input.ts";

/** A list of pictures with what is to be said of each. */
export const pictureList = (pictures: readonly ReportPicture[], embedded: EmbeddedPictures): Markup =>
  html`<ul class="pictures">${pictures.map((picture) => html`<li>${pictureFigure(picture, embedded)}</li>`)}</ul>`;

/** A picture with its marks, title and details; where there is no picture, its name stands in its place. */
function pictureFigure(picture: ReportPicture, embedded: EmbeddedPictures): Markup {
  const { sample, beside, title, detail } = picture;
  const own = drawPicture(picture, { label: `${sample}: ${title}`, marks: picture.marks ?? [], embedded });
  const shown =
    beside === undefined
      ? own
      : html`<div class="pair">${own}${drawPicture(beside, { label: beside.sample, marks: [], embedded })}</div>`;
  const names = beside === undefined ? [sample] : [sample, beside.sample];
  const details = detail.map((line) => html`<span>${line}</span>`);
  const files = names.map((name) => html`<span class="sample" title="${name}"><bdi>${name}</bdi></span>`);
  return html`<figure>${shown}<figcaption><strong>${title}</strong>${details}${files}</figcaption></figure>`;
}

function drawPicture(
  wish: PictureWish,
  { label, marks, embedded }: { label: string; marks: readonly PictureMark[]; embedded: EmbeddedPictures },
): Markup {
  const found = embedded.get(pictureKey(wish));
  if (found === undefined) return html`<div class="no-picture">picture not at hand</div>`;
  const { region, uri } = found;
  const [x, y] = [place(region.x), place(region.y)];
  const [width, height] = [place(region.width), place(region.height)];
  return html`<svg class="picture" viewBox="${x} ${y} ${width} ${height}" role="img" aria-label="${label}">
    <image href="${uri}" x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"/>
    ${drawMarks(marks, region)}</svg>`;
}

function drawMarks(marks: readonly PictureMark[], region: Box): Markup[] {
  const side = Math.max(region.width, region.height);
  const [truth, answer] = (["truth", "answer"] as const).map((role) =>
    marks.find((mark) => mark.role === role && "points" in mark),
  );
  const errors = truth && answer && "points" in truth && "points" in answer && drawErrors(truth.points, answer.points);
  const drawn = marks.map((mark) => {
    const style = `mark ${mark.role}${mark.subject ? " subject" : ""}`;
    if ("points" in mark)
      return html`<g class="${style} points">
        ${pointsOf(mark.points, side * (mark.points.length > 40 ? 0.009 : 0.016))}</g>`;
    const { x, y, width, height } = mark.box;
    const frame = { x: place(x), y: place(y), width: place(width), height: place(height) };
    const rectangle = (name: string) =>
      html`<rect class="${name}" x="${frame.x}" y="${frame.y}" width="${frame.width}" height="${frame.height}"/>`;
    return html`${rectangle(mark.subject ? "halo" : "halo thin")}${rectangle(style)}`;
  });
  return errors ? [errors, ...drawn] : drawn;
}

/** A line from each labelled point to its answer. */
function drawErrors(truth: ArrayLike<number>, answer: ArrayLike<number>): Markup {
  let path = "";
  for (let i = 0; i < Math.min(truth.length, answer.length); i += 2) {
    if (Number.isNaN(truth[i]! + truth[i + 1]! + answer[i]! + answer[i + 1]!)) continue;
    path += `M${place(truth[i]!)} ${place(truth[i + 1]!)}L${place(answer[i]!)} ${place(answer[i + 1]!)}`;
  }
  return html`<path class="point-errors" d="${path}"/>`;
}

function pointsOf(points: ArrayLike<number>, radius: number): Markup[] {
  const circles: Markup[] = [];
  for (let i = 0; i < points.length; i += 2) {
    if (Number.isNaN(points[i]! + points[i + 1]!)) continue;
    circles.push(html`<circle cx="${place(points[i]!)}" cy="${place(points[i + 1]!)}" r="${place(radius)}"/>`);
  }
  return circles;
}
