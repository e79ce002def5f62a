import type { Box, Face, Point } from "@foveajs/vision";
import { type Color, ink, labelColor, palette, paper, textColor } from "./palette.ts";
import { type LabelWish, type PlacedLabel, placeLabels } from "./place-labels.ts";
import { clamp, type OverlaySizes, overlayScale, overlaySizes } from "./sizes.ts";
import { capitalHeight, fontFamily, textWidth } from "./text-width.ts";

/** A picture's size in pixels and its faces, in the pixels of the picture. */
export interface OverlayInput {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/**
 * Boxes, points, and labels with their probability as an SVG document of the picture's size times `overlayScale`: lines,
 * text and the places of labels follow the picture's size and its faces. A label that would have to cover a face or another
 * label is left out; the colour of the box still tells it.
 */
export function overlaySvg({ width, height, faces }: OverlayInput): string {
  const scale = overlayScale(width, height);
  const picture = { width: width * scale, height: height * scale };
  const boxes = faces.map(({ box }) => scaleBox(box, scale));
  const sizes = overlaySizes({ ...picture, boxes });
  const texts = faces.map(labelTexts);
  const wishes = faces.map(
    (face, index): LabelWish => ({
      box: visible(boxes[index] as Box, picture),
      core: coreOf(face, scale),
      plates: (texts[index] as readonly string[]).map((text) => plateSize(text, sizes)),
    }),
  );
  const labels = placeLabels(wishes, { ...picture, gap: sizes.line * 1.5 });
  const colors = faces.map(faceColor);
  const marks = faces.map((face, index) =>
    drawFace(face, { box: boxes[index] as Box, color: colors[index] as Color, scale, sizes, picture }),
  );
  const plates = labels.map((label, index) =>
    label ? drawLabel(label, { text: texts[index]?.[label.choice] ?? "", color: colors[index] as Color, sizes }) : "",
  );
  const body = [...marks, ...plates].filter((part) => part !== "").join("\n");
  const { width: w, height: h } = picture;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">\n${body}\n</svg>\n`;
}

/** What a label says, the fullest first: "surprise 93%", then "surprise"; without an expression, the score of the face. */
function labelTexts({ readings: { expression }, score }: Face): readonly string[] {
  if (!expression) return [`face ${percent(score)}`, percent(score)];
  return [`${expression.label} ${percent(expression.scores[expression.label] ?? 0)}`, expression.label];
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

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

const plateSize = (text: string, { font }: OverlaySizes): { width: number; height: number } => ({
  width: font * (textWidth(text) + 0.8),
  height: font * (capitalHeight + 0.8),
});

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
  { text, color, sizes: { font, line } }: { text: string; color: Color; sizes: OverlaySizes },
): string {
  const edge = Math.max(1, line * 0.6);
  const frame = [
    `x="${number(plate.x + edge / 2)}" y="${number(plate.y + edge / 2)}"`,
    `width="${number(plate.width - edge)}" height="${number(plate.height - edge)}" rx="${number(font * 0.28)}"`,
  ].join(" ");
  const baseline = plate.y + (plate.height + font * capitalHeight) / 2;
  return [
    `<rect ${frame} fill="${color}" stroke="${ink}" stroke-width="${number(edge)}"/>`,
    `<text x="${number(plate.x + plate.width / 2)}" y="${number(baseline)}" text-anchor="middle" font-family="${fontFamily}"`,
    ` font-weight="600" font-size="${number(font)}" fill="${textColor(color)}">${escapeXml(text)}</text>`,
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
