import type { Box, Face, Point } from "@foveajs/vision";
import { linesOf, phrasesOf, titlesOf } from "./label-texts.ts";
import { type Color, ink, labelColor, palette, paper, textColor } from "./palette.ts";
import { type LabelWish, type PlacedLabel, type PlateSize, placeLabels } from "./place-labels.ts";
import { clamp, type OverlaySizes, overlayScale, overlaySizes } from "./sizes.ts";
import { capitalHeight, fontFamily, textWidth } from "./text-width.ts";

/** Lines of details are at most this much wider than the face's box, and together this much of its height. */
const DETAIL_WIDTH = 1.6;
const DETAIL_HEIGHT = 0.4;
/** From one line of details to the next, in sizes of their text. */
const LINE_HEIGHT = 1.3;

/** A picture's size in pixels and its faces, in the pixels of the picture. */
export interface OverlayInput {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/**
 * Boxes, points, and labels with their probability as an SVG document of the picture's size times `overlayScale`: lines,
 * text and the places of labels follow the picture's size and its faces. A label that would have to cover a face or another
 * label is left out; the colour of the box still tells it. What else was read stands under it in smaller lines, where the face is large
 * enough to hold them and they cover nothing.
 */
export function overlaySvg({ width, height, faces }: OverlayInput): string {
  const scale = overlayScale(width, height);
  const picture = { width: width * scale, height: height * scale };
  const boxes = faces.map(({ box }) => scaleBox(box, scale));
  const sizes = overlaySizes({ ...picture, boxes });
  const texts = faces.map((face, index) => textsOf(face, boxes[index] as Box, sizes));
  const wishes = faces.map((face, index): LabelWish => {
    const { titles, details } = texts[index]!;
    return {
      box: visible(boxes[index] as Box, picture),
      core: coreOf(face, scale),
      plates: titles.map((title) => plateSize([title], sizes)),
      details: details.map((lines) => plateSize([titles[0] as string, ...lines], sizes)),
    };
  });
  const labels = placeLabels(wishes, { ...picture, gap: sizes.line * 1.5 });
  const colors = faces.map(faceColor);
  const marks = faces.map((face, index) =>
    drawFace(face, { box: boxes[index] as Box, color: colors[index] as Color, scale, sizes, picture }),
  );
  const plates = labels.map((label, index) => {
    if (!label) return "";
    const { titles, details } = texts[index]!;
    const lines = [titles[label.choice] ?? "", ...(label.detail === undefined ? [] : details[label.detail]!)];
    return drawLabel(label, { lines, color: colors[index] as Color, sizes });
  });
  const body = [...marks, ...plates].filter((part) => part !== "").join("\n");
  const { width: w, height: h } = picture;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">\n${body}\n</svg>\n`;
}

interface LabelTexts {
  readonly titles: readonly string[];
  /** Smaller lines under the first title, the fullest first; none for a face that is too small to hold them. */
  readonly details: readonly (readonly string[])[];
}

function textsOf(face: Face, box: Box, sizes: OverlaySizes): LabelTexts {
  const titles = titlesOf(face);
  const { readings, values } = phrasesOf(face);
  const most = Math.floor((box.height * DETAIL_HEIGHT) / (sizes.small * LINE_HEIGHT));
  const measure = (text: string) => textWidth(text) * sizes.small;
  const width = box.width * DETAIL_WIDTH;
  const wrap = (phrases: readonly string[], lines: number) =>
    linesOf(phrases, { width, most: Math.min(lines, most), measure });
  const [read, derived] = [wrap(readings, 3), wrap(values, 2)];
  const isFull = read && derived && derived.length > 0 && read.length + derived.length <= most;
  const details = [...(isFull ? [[...read, ...derived]] : []), ...(read && read.length > 0 ? [read] : [])];
  return { titles, details };
}

const faceColor = ({ readings: { expression } }: Face): Color =>
  expression ? labelColor(expression.label, expression.scores) : (palette[2] as Color);

const scaleBox = ({ x, y, width, height }: Box, scale: number): Box => ({
  x: x * scale,
  y: y * scale,
  width: width * scale,
  height: height * scale,
});

/** The part of a box inside the picture; a box wholly outside becomes a line on the edge. */
function visible({ x, y, width, height }: Box, picture: { width: number; height: number }, inset = 0): Box {
  const left = clamp(x, inset, picture.width - inset);
  const top = clamp(y, inset, picture.height - inset);
  const right = clamp(x + width, inset, picture.width - inset);
  const bottom = clamp(y + height, inset, picture.height - inset);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Eyes, nose and mouth with a margin of a quarter of their extent. */
function coreOf({ points }: Face, scale: number): Box {
  const all: readonly Point[] = Object.values(points);
  const xs = all.map(([x]) => x * scale);
  const ys = all.map(([, y]) => y * scale);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const margin = Math.max(right - left, bottom - top) / 4;
  return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
}

/** The size of a plate of a title and smaller lines under it. */
function plateSize([title = "", ...lines]: readonly string[], { font, small }: OverlaySizes): PlateSize {
  const widest = Math.max(textWidth(title) * font, ...lines.map((line) => textWidth(line) * small));
  return { width: widest + 0.8 * font, height: font * (capitalHeight + 0.8) + small * LINE_HEIGHT * lines.length };
}

interface FaceStyle {
  readonly box: Box;
  readonly color: Color;
  readonly scale: number;
  readonly sizes: OverlaySizes;
  readonly picture: { readonly width: number; readonly height: number };
}

function drawFace({ points, landmarks }: Face, { box, color, scale, sizes, picture }: FaceStyle): string {
  // A line as thick as on large faces would fill a tiny one.
  const line = clamp(Math.min(box.width, box.height) / 16, 1, sizes.line);
  const { x, y, width, height } = visible(box, picture, line);
  const corner = number(Math.min(line * 4, Math.min(width, height) / 8));
  const frame = `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${corner}" fill="none"`;
  // many points are drawn finer than five, so that the face is still seen
  const radius = clamp(Math.min(box.width, box.height) * (landmarks ? 0.011 : 0.024), 0.9, sizes.line * 1.6);
  const dots = (landmarks ?? Object.values(points))
    .map(([px, py]: Point) => `<circle cx="${number(px * scale)}" cy="${number(py * scale)}" r="${number(radius)}"/>`)
    .join("");
  return [
    `<rect ${frame} stroke="${ink}" stroke-opacity="0.75" stroke-width="${number(line * 2)}"/>`,
    `<rect ${frame} stroke="${color}" stroke-width="${number(line)}"/>`,
    `<g fill="${paper}" stroke="${ink}" stroke-opacity="0.85" stroke-width="${number(radius * 0.7)}">${dots}</g>`,
  ].join("\n");
}

function drawLabel(
  { plate }: PlacedLabel,
  {
    lines: [title = "", ...lines],
    color,
    sizes: { font, small, line },
  }: { lines: readonly string[]; color: Color; sizes: OverlaySizes },
): string {
  const edge = Math.max(1, line * 0.6);
  const frame = [
    `x="${number(plate.x + edge / 2)}" y="${number(plate.y + edge / 2)}"`,
    `width="${number(plate.width - edge)}" height="${number(plate.height - edge)}" rx="${number(font * 0.28)}"`,
  ].join(" ");
  // a title alone stands in the middle, and over smaller lines begins where they do
  const [x, anchor] = lines.length > 0 ? [plate.x + font * 0.4, "start"] : [plate.x + plate.width / 2, "middle"];
  const first = plate.y + font * (capitalHeight + 0.4);
  const text = (words: string, size: number, y: number) =>
    `<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}" font-family="${fontFamily}"` +
    ` font-weight="600" font-size="${number(size)}" fill="${textColor(color)}">${escapeXml(words)}</text>`;
  return [
    `<rect ${frame} fill="${color}" stroke="${ink}" stroke-width="${number(edge)}"/>`,
    text(title, font, first),
    ...lines.map((words, index) => text(words, small, first + small * LINE_HEIGHT * (index + 1))),
  ].join("\n");
}

/** Hundredths of a pixel are enough; what is not finite is drawn at 0 and never breaks the document. */
const number = (value: number): string => (Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "0");

/** Text as it stands in an SVG document. */
export const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
    .replace(/[\u0000-\u001f]/g, " ")
    .replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
