import { convertColor, type Image, resize } from "@foveajs/vision";
import { type Color, ink } from "./palette.ts";
import { renderOverlay } from "./render.ts";
import { escapeXml } from "./svg.ts";
import { fontFamily, textWidth } from "./text-width.ts";

/** Two pictures that were found to be the same, and what is to be said of them. */
export interface SheetPair {
  readonly images: readonly [Image, Image];
  /** What stands under each picture. */
  readonly names: readonly string[];
  readonly kind: "exact" | "near";
  readonly similarity: number;
  readonly mirrored: boolean;
  readonly leaks: boolean;
  readonly conflicts: readonly { readonly task: string; readonly first: string; readonly second: string }[];
}

// Pixels: a picture's longest side, and lines of text of 12 px under it.
const picture = 160;
const gap = 12;
const font = 12;
const lineHeight = 17;
const columns = 4;
const pairWidth = 2 * picture + gap;
const cell = { width: pairWidth + 2 * gap, height: picture + 2 * lineHeight + 2 * gap };
/** Frames and headings by gravity, from Okabe and Ito's colours: vermilion, orange, grey. */
const colors = { leak: "#D55E00", conflict: "#B87900", plain: "#6A737D" } as const satisfies Record<string, Color>;

/**
 * A sheet of pairs, four to a row, each with a heading ("near 0.97, mirrored: leaks") and the names of both; `left` is how
 * many more there are that are not shown.
 */
export async function pairSheet(pairs: readonly SheetPair[], { left = 0 }: { left?: number } = {}): Promise<Image> {
  const width = columns * cell.width;
  const height = Math.max(1, Math.ceil(pairs.length / columns)) * cell.height + 2 * lineHeight;
  const sheet: Image = { width, height, order: "rgb", data: new Uint8Array(width * height * 3).fill(255) };
  const marks = pairs.map((pair, i) => {
    const x = (i % columns) * cell.width + gap;
    const y = Math.floor(i / columns) * cell.height + gap + lineHeight;
    pair.images.forEach((image, side) => {
      draw(sheet, fit(image), x + side * (picture + gap), y);
    });
    return caption(pair, x, y);
  });
  const foot = pairs.length === 0 ? "no copies were found" : left > 0 ? `and ${left} more pairs` : "";
  const body = [...marks, text(foot, { x: gap, y: height - lineHeight / 2, color: ink, width })].join("\n");
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return renderOverlay(sheet, `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${body}\n</svg>\n`);
}

/** The picture in RGB at the size of the sheet, small ones enlarged without smoothing. */
function fit(image: Image): Image {
  const scale = picture / Math.max(image.width, image.height);
  return resize(convertColor(image, "rgb"), {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
    filter: scale > 1 ? "nearest" : "bilinear",
  });
}

function draw(sheet: Image, { width, height, data }: Image, x: number, y: number): void {
  for (let row = 0; row < height; row++) {
    sheet.data.set(data.subarray(row * width * 3, (row + 1) * width * 3), ((y + row) * sheet.width + x) * 3);
  }
}

function caption({ names, ...pair }: SheetPair, x: number, y: number): string {
  const color = pair.leaks ? colors.leak : pair.conflicts.length > 0 ? colors.conflict : colors.plain;
  const frame = `x="${x - 3}" y="${y - lineHeight - 2}" width="${pairWidth + 6}" height="${picture + 2 * lineHeight + 6}"`;
  return [
    `<rect ${frame} rx="4" fill="none" stroke="${color}" stroke-width="${pair.leaks ? 2.5 : 1}"/>`,
    text(heading(pair), { x: x + 2, y: y - 4, color, width: pairWidth }),
    ...names.map((name, side) =>
      text(name, { x: x + 2 + side * (picture + gap), y: y + picture + font + 1, color: ink, width: picture - 2 }),
    ),
  ].join("\n");
}

function heading({ kind, similarity, mirrored, leaks, conflicts }: Omit<SheetPair, "names">): string {
  const what = kind === "exact" ? "exact" : `near ${similarity.toFixed(3)}${mirrored ? ", mirrored" : ""}`;
  const said = conflicts.map(({ task, first, second }) => `${task} ${first} / ${second}`);
  return [leaks ? `LEAKS: ${what}` : what, ...said].join("; ");
}

interface TextPlace {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly color: Color;
  /** Room in pixels; what is longer loses its beginning, since names differ at their ends. */
  readonly width: number;
}

function text(words: string, { x, y, color, width }: TextPlace): string {
  let shown = words;
  while (textWidth(shown) * font > width && shown.length > 2) shown = `…${shown.slice(2)}`;
  const style = `font-family="${fontFamily}" font-weight="600" font-size="${font}" fill="${color}"`;
  return `<text x="${x}" y="${y}" ${style}>${escapeXml(shown)}</text>`;
}
